import { ApprovalState } from '@skein/contracts/scheduler';

const WORDS = new Map<number, string>(Object.entries(ApprovalState).map(([word, state]) => [state, word]));

/** Where an approval stands: `OPEN`. A state that came after this version is its number. */
export function approvalStateWord(state: number): string {
  return WORDS.get(state) ?? String(state);
}

/** States that a list can be filtered by, as they are written on the command line. */
export const APPROVAL_STATE_WORDS: readonly string[] = [...WORDS.values()].filter((word) => word !== 'UNSPECIFIED');

/** The state that a word means. */
export function approvalStateOf(word: string): ApprovalState {
  return ApprovalState[word as keyof typeof ApprovalState];
}

/** Who may decide, in words. */
export function approversText(approvers: readonly string[]): string {
  return approvers.length === 0 ? 'anybody' : approvers.join(', ');
}

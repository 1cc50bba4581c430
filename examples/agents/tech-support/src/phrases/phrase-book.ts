import type { Attempt } from '../findings.ts';
import type { Step } from '../playbook.ts';

/** The sentences of one language. */
export interface PhraseBook {
  /** `{name}` is the customer's. */
  readonly greeting: string;
  readonly greetingWithoutName: string;
  /** `{facts}` is a list. */
  readonly noted: string;
  /** `{attempts}` is a list. */
  readonly alreadyTried: string;
  readonly attempts: Readonly<Record<Attempt, string>>;
  readonly stepsFollow: string;
  readonly steps: Readonly<Record<Step, string>>;
  readonly closing: string;
}

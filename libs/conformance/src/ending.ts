import type { InvokeResponse } from '@skein/contracts/agent';

const ENDINGS: ReadonlySet<string | undefined> = new Set(['result', 'error', 'question']);

/** Whether a step is the last one of its invocation. */
export function isEnding(event: InvokeResponse['event'] | undefined): boolean {
  return ENDINGS.has(event?.case);
}

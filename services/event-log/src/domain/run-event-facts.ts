import type { RunEvent } from '@skein/contracts/event';
import type { DispatchRef } from './dispatch.ts';

/** Whether the run has no events after this one. */
export function isTerminal({ event }: RunEvent): boolean {
  return TERMINAL.has(event.case ?? '');
}

const TERMINAL: ReadonlySet<string> = new Set(['runDone', 'runFailed', 'runCancelled', 'runTerminated']);

/** That a dispatch has ended, as a run event says it. */
export interface DispatchEnd {
  readonly ref: DispatchRef;
  /** Bytes of text that the dispatch streamed. Undefined: nobody knows, its executor was lost. */
  readonly streamedBytes: number | undefined;
}

/** The dispatch that this event ends; undefined where it ends none, or all (see `isTerminal`). */
export function dispatchEndOf({ event }: RunEvent): DispatchEnd | undefined {
  switch (event.case) {
    case 'agentInvokeDone':
    case 'llmCallDone':
      return { ref: event.value, streamedBytes: Number(event.value.streamedBytes) };
    case 'rpcCallDone':
    case 'toolCallDone':
      return { ref: event.value, streamedBytes: 0 };
    case 'taskDispatchLost':
      return { ref: event.value, streamedBytes: undefined };
    default:
      return undefined;
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallJournal } from './call-journal.ts';
import { echo } from './echo.ts';

/** Time that the slow agent takes to answer. */
export const SLOW_MS = 500;

/** An agent that takes its time, and whose calls are remembered. */
export function slow(journal: CallJournal) {
  return (body: string, response: ServerResponse, request: IncomingMessage): void => {
    const answered = journal.enter(request);
    setTimeout(() => {
      answered();
      echo(body, response);
    }, SLOW_MS);
  };
}

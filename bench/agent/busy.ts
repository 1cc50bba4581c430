import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallJournal } from './call-journal.ts';

/** An agent that has no time now and asks to be called again. */
export function busy(journal: CallJournal) {
  return (_body: string, response: ServerResponse, request: IncomingMessage): void => {
    journal.enter(request)();
    response.writeHead(503, { 'content-type': 'text/plain' }).end('busy, come back later');
  };
}

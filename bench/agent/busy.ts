import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallJournal } from './call-journal.ts';

/**
 * An agent that has no time now and asks to be called again. It says so as a healthy one does: instances that fail are not
 * called for a while, and then some runs would wait for that.
 */
export function busy(journal: CallJournal) {
  return (_body: string, response: ServerResponse, request: IncomingMessage): void => {
    journal.enter(request)();
    response.writeHead(429, { 'content-type': 'text/plain' }).end('busy, come back later');
  };
}

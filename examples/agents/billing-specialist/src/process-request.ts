import { findTicket, HttpFailure, isJsonObject, type JsonObject, type Ticket } from '@skein/example-agent-host';

/** Reads the body of POST /process, `{input, config}`, where the input may have any shape that holds a text. */
export function readProcessRequest(body: JsonObject): Ticket {
  if (!('input' in body)) throw invalid('the body needs `input`: {"input": {"user_query": "…"}}');
  checkConfig(body['config']);
  const ticket = findTicket(body['input']);
  if (ticket === undefined) {
    throw invalid('`input` holds no text: give `input.user_query`, or a ticket with `subject` and `text`');
  }
  return ticket;
}

/** This agent answers at once, in one turn: the limits are checked and always kept. */
function checkConfig(config: JsonObject[string] | undefined): void {
  if (config === undefined || config === null) return;
  if (!isJsonObject(config)) throw invalid('`config` must be an object');
  for (const limit of ['timeout', 'max_turns']) {
    const value = config[limit];
    if (value !== undefined && !(typeof value === 'number' && value > 0)) {
      throw invalid(`\`config.${limit}\` must be a number above 0`);
    }
  }
}

const invalid = (message: string) => new HttpFailure(400, 'INVALID_REQUEST', message);

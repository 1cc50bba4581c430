import type { JsonValue } from '@bufbuild/protobuf';
import { invalidValue } from '../cli-error.ts';
import { readTextFile } from '../input/json-input.ts';

/** A support ticket, and the category that a person gave it. */
export interface Ticket {
  readonly id: string;
  readonly subject: string;
  /** What the workflow gets: the ticket without the answer to look for. */
  readonly input: { readonly [field: string]: JsonValue };
  /** Empty: nobody has judged it. */
  readonly expectedCategory: string;
}

/** Reads a file with one ticket a line. */
export async function readTickets(path: string): Promise<Ticket[]> {
  const lines = (await readTextFile(path, '--tickets')).split('\n');
  const tickets = lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [readTicket(line, `${path}:${index + 1}`)],
  );
  if (tickets.length === 0) throw invalidValue(path, 'there is no ticket in it', 'write one JSON object a line');
  return tickets;
}

function readTicket(line: string, place: string): Ticket {
  const ticket = parseObject(line, place);
  const { expected_category: expected, ...input } = ticket;
  if (typeof input['text'] !== 'string') {
    throw invalidValue(place, 'a ticket needs a "text"', 'write {"id":"T-1","subject":"…","text":"…"}');
  }
  return {
    id: wordOf(input['id'], place),
    subject: wordOf(input['subject'], ''),
    input,
    expectedCategory: wordOf(expected, ''),
  };
}

function parseObject(line: string, place: string): { [field: string]: JsonValue } {
  try {
    const value = JSON.parse(line) as JsonValue;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (cause) {
    throw invalidValue(place, 'this line is not JSON', 'write one JSON object a line', cause);
  }
  throw invalidValue(place, 'this line is not a JSON object', 'write one JSON object a line');
}

function wordOf(value: JsonValue | undefined, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}

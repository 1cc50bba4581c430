/**
 * Finds the ticket inside whatever input an agent is given.
 *
 * A workflow may hand an agent the ticket itself, a text, the answer of the
 * node before it with the ticket inside, a chat message or a JSON text. All of
 * them mean the same to a specialist.
 */
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** What a customer wrote. */
export interface Ticket {
  /** Empty: none was given. */
  readonly id: string;
  /** Empty: none was given. */
  readonly subject: string;
  /** Empty only where the subject says it all. */
  readonly text: string;
  /** Facts about the customer; empty: none were given. */
  readonly customer: JsonObject;
}

/** Where a ticket may hide inside an object, the likeliest place first. */
const PLACES = [
  'ticket',
  'user_query',
  'input_message',
  'query',
  'message',
  'content',
  'input',
  'context',
  'messages',
  'last',
];

/** Deeper than any workflow nests its values; keeps a hostile input cheap. */
const MAX_DEPTH = 8;

/** The ticket in `input`, each field from the first place that has it; undefined where no text is found. */
export function findTicket(input: JsonValue | undefined): Ticket | undefined {
  const found = [...tickets(input, 0)];
  const firstOf = (field: 'id' | 'subject' | 'text') => found.find((ticket) => ticket[field] !== '')?.[field] ?? '';
  const subject = firstOf('subject');
  const text = firstOf('text');
  if (subject === '' && text === '') return undefined;
  return {
    id: firstOf('id'),
    subject,
    text,
    customer: found.find(({ customer }) => Object.keys(customer).length > 0)?.customer ?? {},
  };
}

function* tickets(value: JsonValue | undefined, depth: number): Generator<Ticket> {
  if (value === undefined || value === null || depth > MAX_DEPTH) return;
  if (typeof value === 'string') {
    const nested = parsedObject(value);
    if (nested !== undefined) yield* tickets(nested, depth + 1);
    else yield { id: '', subject: '', text: value.trim(), customer: {} };
  } else if (Array.isArray(value)) {
    // Of a conversation, the last word counts.
    yield* tickets(value.at(-1), depth + 1);
  } else if (isJsonObject(value)) {
    yield ticketFields(value);
    for (const place of PLACES) yield* tickets(value[place], depth + 1);
  }
}

function ticketFields(value: JsonObject): Ticket {
  const textOf = (key: string) => (typeof value[key] === 'string' ? value[key].trim() : '');
  const customer = isJsonObject(value['customer']) ? value['customer'] : {};
  return { id: textOf('id'), subject: textOf('subject'), text: textOf('text'), customer };
}

/** A text that is a JSON object or list, as some protocols can only carry text. */
function parsedObject(text: string): JsonValue | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

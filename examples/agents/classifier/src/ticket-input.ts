import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { TicketText } from './classify.ts';

/** An input that can be classified. */
export interface TicketInput extends TicketText {
  /** The ticket as an object, handed on with the answer: a text becomes `{text}`. */
  readonly ticket: JsonObject;
}

/** Reads a text or `{subject, text}` with at least one of them not blank; undefined for everything else. */
export function readTicketInput(input: JsonValue): TicketInput | undefined {
  const ticket = typeof input === 'string' ? { text: input } : input;
  if (typeof ticket !== 'object' || ticket === null || Array.isArray(ticket)) return undefined;
  const { subject = '', text = '' } = ticket;
  if (typeof subject !== 'string' || typeof text !== 'string') return undefined;
  return /[^ \t\r\n]/.test(subject + text) ? { subject, text, ticket } : undefined;
}

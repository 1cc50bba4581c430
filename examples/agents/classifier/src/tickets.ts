import { readFileSync } from 'node:fs';
import type { JsonObject } from '@bufbuild/protobuf';

/** One line of the example's tickets. */
export type LabelledTicket = {
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly customer: JsonObject;
  readonly expected_category: string;
};

/** The example's tickets, in file order. */
export function readTickets(): LabelledTicket[] {
  const file = new URL('../../../customer-support/tickets.jsonl', import.meta.url);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as LabelledTicket);
}

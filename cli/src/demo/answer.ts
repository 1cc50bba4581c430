import type { JsonValue } from '@bufbuild/protobuf';
import type { Run } from '@skein/contracts/scheduler';
import { jsonOfValue } from '../api/wire-values.ts';

const TEXT_FIELDS = ['response', 'final_message', 'message', 'content', 'text', 'answer'];
const MAX_DEPTH = 4;

/** The text that answers a ticket, wherever the agent's protocol put it; empty where no specialist answered. */
export function answerOf(run: Run): string {
  return findText(jsonOfValue(run.output), 0) ?? '';
}

function findText(value: JsonValue, depth: number): string | undefined {
  if (typeof value === 'string') return value;
  if (depth >= MAX_DEPTH || typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  // What the classifier hands on for a ticket that nobody specialises in holds the ticket, not an answer.
  if ('category' in value && 'ticket' in value) return undefined;
  for (const field of [...TEXT_FIELDS, 'output']) {
    const inner = value[field];
    const text = inner === undefined ? undefined : findText(inner, depth + 1);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The category that the node `classify` gave; empty where it gave none. */
export function categoryOf(run: Run): string {
  const output = jsonOfValue(run.nodes.find(({ nodeId }) => nodeId === 'classify')?.output);
  const category = typeof output === 'object' && output !== null && 'category' in output ? output['category'] : '';
  return typeof category === 'string' ? category : '';
}

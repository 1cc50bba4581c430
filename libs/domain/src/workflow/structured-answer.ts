import type { JsonValue } from '../expression/json.ts';
import type { JsonSchema } from './definition.ts';
import type { SchemaViolation } from './plan.ts';
import type { Validate } from './schema-validator.ts';

/** The JSON value in a model's answer, and the text of it alone; or what is wrong with it: at least one violation. */
export type StructuredAnswer =
  | { readonly value: JsonValue; readonly text: string }
  | { readonly violations: readonly SchemaViolation[]; readonly value?: undefined };

/** Violations that a model is told of at once: the first ones mended often mend the others. */
const MAX_TOLD = 20;
const MAX_LINE_CHARS = 300;
const FENCE = '```';

/**
 * Reads a model's answer: the whole text as JSON, else the first fenced block of JSON in it that fits, else the
 * violations of the first that is JSON at all. `cutOff` says that the model ran out of tokens.
 */
export function readStructuredAnswer(text: string, validate: Validate, cutOff = false): StructuredAnswer {
  let first: readonly SchemaViolation[] | undefined;
  for (const candidate of candidates(text)) {
    const value = parsed(candidate);
    if (value === undefined) continue;
    const violations = validate(value);
    if (violations.length === 0) return { value, text: candidate };
    first ??= violations;
  }
  return { violations: first ?? [{ pointer: '', keyword: 'type', message: cutOff ? CUT_OFF : 'is no JSON' }] };
}

const CUT_OFF = 'is cut off by max_tokens and no JSON';

/** The user's turn that asks a model to mend its answer. */
export function repairRequest(violations: readonly SchemaViolation[], schema: JsonSchema): string {
  const told = violations.slice(0, MAX_TOLD).map((violation) => `- ${violationText(violation)}`);
  if (violations.length > MAX_TOLD) told.push(`- and ${violations.length - MAX_TOLD} more`);
  return [
    'Your answer does not match the JSON Schema that it must match:',
    ...told,
    '',
    `The JSON Schema: ${JSON.stringify(schema)}`,
    '',
    'Answer again with the whole JSON value, mended, and with nothing else.',
  ].join('\n');
}

/** A violation on one line, such as `/items/0/price must be number`; `whole` is what the value itself is called. */
export function violationText({ pointer, message }: SchemaViolation, whole = 'the answer'): string {
  return `${pointer === '' ? whole : pointer} ${message}`.slice(0, MAX_LINE_CHARS);
}

/** What of a text may be the JSON meant, the likeliest first. Scans the text once. */
function* candidates(text: string): Generator<string> {
  yield text;
  let from = 0;
  for (;;) {
    const open = text.indexOf(FENCE, from);
    if (open === -1) return;
    const body = text.indexOf('\n', open);
    if (body === -1) return;
    const close = text.indexOf(FENCE, body);
    if (close === -1) return;
    const language = text
      .slice(open + FENCE.length, body)
      .trim()
      .toLowerCase();
    if (language === '' || language === 'json') yield text.slice(body + 1, close);
    from = close + FENCE.length;
  }
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

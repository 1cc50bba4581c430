/** How the answer of a model is checked, and how often it may be mended. */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { compileSchema, type JsonSchema, type SchemaViolation, type Validate, violationText } from '@skein/domain';
import { lasting, type CallError } from './call-failure.ts';
import { isJsonObject } from './json-object.ts';

/** What an answer must be. */
export interface OutputCheck {
  readonly schema: JsonSchema;
  readonly validate: Validate;
  /** Turns after the first. */
  readonly repairTurns: number;
}

export const DEFAULT_REPAIR_TURNS = 2;
const MAX_REPAIR_TURNS = 5;
/** Violations that a failure lists. */
const MAX_LISTED = 50;

/**
 * The check that a question asks for; undefined: any text will do. `member` reads the question.
 * @throws CallError INVALID_FIELD that names the member; OUTPUT_SCHEMA_VIOLATION where nothing can match.
 */
export function outputCheckOf(member: (name: string) => JsonValue | undefined, place: string): OutputCheck | undefined {
  const schema = member('output_schema');
  const repairTurns = repairTurnsOf(member('repair_turns'), place);
  if (schema === undefined) return undefined;
  if (typeof schema !== 'boolean' && !isJsonObject(schema)) throw invalid(`${place}.output_schema`, NO_SCHEMA);
  const compiled = compileSchema(schema);
  if ('reason' in compiled) throw invalid(`${place}.output_schema`, `is no JSON Schema (2020-12): ${compiled.reason}`);
  if (schema === false) throw violated([{ pointer: '', keyword: 'false schema', message: MATCHES_NOTHING }], place, 0);
  return { schema, validate: compiled.validate, repairTurns };
}

const NO_SCHEMA = 'must be a JSON Schema: an object, true or false';
const MATCHES_NOTHING = 'cannot match: the schema `false` accepts nothing, so no model was asked';

/** The schema as providers take it: an object. */
export function providerSchema(schema: JsonSchema): JsonObject {
  return typeof schema === 'boolean' ? {} : (schema as JsonObject);
}

/** No answer matched, in as many turns as there were. */
export function violated(violations: readonly SchemaViolation[], place: string, turns: number, why = ''): CallError {
  const shown = violations
    .slice(0, 5)
    .map((it) => violationText(it))
    .join('; ');
  const asked = turns === 0 ? '' : ` after ${turns} ${turns === 1 ? 'turn' : 'turns'}`;
  const listed = violations.slice(0, MAX_LISTED).map(({ pointer, keyword, message }) => {
    return { pointer: pointer.slice(0, 300), keyword, message: message.slice(0, 300) };
  });
  return lasting('OUTPUT_SCHEMA_VIOLATION', {
    message: `the output does not match output_schema${asked}: ${shown}${why === '' ? '' : `; ${why}`}`,
    place,
    remedy: 'raise repair_turns of the node, ask a model that keeps to output_schema, or simplify the schema',
    details: { violations: listed, turns },
  });
}

function repairTurnsOf(value: JsonValue | undefined, place: string): number {
  if (value === undefined || value === null) return DEFAULT_REPAIR_TURNS;
  const isTurns = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_REPAIR_TURNS;
  if (!isTurns) throw invalid(`${place}.repair_turns`, `must be a whole number from 0 to ${MAX_REPAIR_TURNS}`);
  return value;
}

const invalid = (place: string, message: string) =>
  lasting('INVALID_FIELD', { message: `${place} ${message}`, place, remedy: 'mend the node in the workflow' });

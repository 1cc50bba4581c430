import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats, { type FormatsPlugin } from 'ajv-formats';
import { isJsonObject, type JsonValue } from '../expression/json.ts';
import { compilePattern } from '../expression/regex.ts';
import type { JsonSchema } from './definition.ts';
import type { SchemaViolation } from './plan.ts';

/*
 * JSON Schema 2020-12 with formats. References outside the schema are never fetched. Patterns run on the
 * linear-time engine: a schema comes from an author, the values from anybody.
 */

/** The violations of a schema by a value, at most MAX_VIOLATIONS; empty: it fits. */
export type Validate = (value: JsonValue) => readonly SchemaViolation[];

/** Violations reported at most. */
export const MAX_VIOLATIONS = 100;

/** A validator, or why the schema is none. */
export type SchemaCompilation = { readonly validate: Validate } | SchemaFault;

/** Why a schema is none. */
export interface SchemaFault {
  readonly reason: string;
  /** JSON Pointer to the part of the schema that is wrong; empty where it is not known. */
  readonly pointer: string;
}

/** Compiles a JSON Schema. Costs about a millisecond; the validator then takes microseconds. */
export function compileSchema(schema: JsonSchema): SchemaCompilation {
  const ajv = validator();
  const known = readable(schema);
  try {
    const validate = ajv.compile(known);
    return { validate: (value) => violations(validate, value) };
  } catch (cause) {
    return faultOf(cause, ajv.errors?.[0]);
  } finally {
    // The instance keeps every schema it has seen; this one is kept by its validator alone.
    if (typeof known === 'object') ajv.removeSchema(known);
  }
}

function faultOf(cause: unknown, first: ErrorObject | undefined): SchemaFault {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (first === undefined || !message.startsWith('schema is invalid')) return { reason: message, pointer: '' };
  return { reason: first.message ?? message, pointer: first.instancePath };
}

let shared: Ajv2020 | undefined;

function validator(): Ajv2020 {
  shared ??= newValidator();
  return shared;
}

function newValidator(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    addUsedSchema: false,
    discriminator: true,
    logger: false,
    code: { regExp: linearRegExp },
  });
  formatsPlugin(addFormats)(ajv);
  return ajv;
}

/** The package is CommonJS: run by Node its default import is the plugin, whatever its types say. */
function formatsPlugin(imported: unknown): FormatsPlugin {
  return imported as FormatsPlugin;
}

function linearRegExp(source: string): { test: (text: string) => boolean; toString: () => string } {
  const compiled = compilePattern(source);
  if ('reason' in compiled) throw new Error(`pattern ${JSON.stringify(source)}: ${compiled.reason}`);
  // The name is how the compiled schema tells patterns apart.
  return { test: (text) => compiled.pattern.test(text), toString: () => source };
}
linearRegExp.code = 'linearRegExp';

/** A schema without a name of its own; without any, a reference to the whole schema (`#`) finds nothing. */
const ANONYMOUS = 'schema:anonymous';

/** Older drafts are read as 2020-12: what differs between them rarely occurs in descriptions of inputs. */
function readable(schema: JsonSchema): JsonSchema {
  if (!isJsonObject(schema)) return schema;
  const { $schema: _dialect, ...rest } = schema;
  return rest['$id'] === undefined ? { $id: ANONYMOUS, ...rest } : rest;
}

function violations(validate: ValidateFunction, value: JsonValue): readonly SchemaViolation[] {
  try {
    if (validate(value)) return [];
  } catch (cause) {
    if (cause instanceof RangeError) return [tooDeep()];
    throw cause;
  }
  return (validate.errors ?? []).slice(0, MAX_VIOLATIONS).map(violation);
}

function violation(error: ErrorObject): SchemaViolation {
  return { pointer: error.instancePath, keyword: error.keyword, message: error.message ?? `breaks ${error.keyword}` };
}

function tooDeep(): SchemaViolation {
  return { pointer: '', keyword: 'depth', message: 'nests too deep to be checked' };
}

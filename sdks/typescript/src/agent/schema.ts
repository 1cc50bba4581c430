/** What an input or an output must look like: a JSON Schema, or a schema of any library that speaks Standard Schema. */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** A JSON Schema (2020-12). It is checked, and shown in the agent's card. */
export type JsonSchema = JsonObject;

/** A schema of a library such as zod, valibot or arktype (standardschema.dev, version 1). It is checked, and may convert. */
export interface StandardSchema<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>;
    /** Only for types. */
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
    /** The same as JSON Schema, for the card; libraries that have it tell. */
    readonly jsonSchema?: { readonly input: (options: { readonly target: 'draft-2020-12' }) => object };
  };
}

type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Either of the two. */
export type Schema<T> = StandardSchema<T> | JsonSchema;

/** A value that fits, as the schema hands it on; or everything that is wrong with it. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: string[] };

/** A schema, ready for use. */
export interface CompiledSchema<T> {
  /** For the card. Undefined: the library does not tell. */
  readonly json: JsonObject | undefined;
  check(value: JsonValue): Promise<Checked<T>>;
}

/** Compiles a schema. Throws a TypeError for a JSON Schema that is none. */
export function compileSchema<T>(schema: Schema<T>): CompiledSchema<T> {
  return isStandard(schema) ? fromStandard(schema) : fromJsonSchema(schema);
}

function isStandard<T>(schema: Schema<T>): schema is StandardSchema<T> {
  return '~standard' in schema;
}

function fromStandard<T>(schema: StandardSchema<T>): CompiledSchema<T> {
  const { validate, jsonSchema } = schema['~standard'];
  return {
    json: jsonSchema?.input({ target: 'draft-2020-12' }) as JsonObject | undefined,
    async check(value) {
      const result = await validate(value);
      if (result.issues === undefined) return { ok: true, value: result.value };
      return { ok: false, problems: result.issues.map(problemOf) };
    },
  };
}

function problemOf({ message, path = [] }: StandardIssue): string {
  const keys = path.map((step) => String(typeof step === 'object' ? step.key : step));
  return keys.length === 0 ? message : `${keys.join('.')}: ${message}`;
}

function fromJsonSchema<T>(schema: JsonSchema): CompiledSchema<T> {
  const validate = compile(schema);
  return {
    json: schema,
    check(value) {
      if (validate(value)) return Promise.resolve({ ok: true, value: value as T });
      const problems = (validate.errors ?? []).map(
        ({ instancePath, message = 'is not valid' }) => `${instancePath || 'the value'} ${message}`,
      );
      return Promise.resolve({ ok: false, problems });
    },
  };
}

function compile(schema: JsonSchema) {
  try {
    // Formats are annotations, as JSON Schema has it by default.
    return new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
  } catch (cause) {
    throw new TypeError(`not a JSON Schema: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

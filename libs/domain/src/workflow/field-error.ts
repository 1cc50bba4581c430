import type { ErrorObject } from 'ajv/dist/2020.js';
import { didYouMean } from '../expression/suggestion.ts';
import { nodeFields } from './definition-schema.ts';
import type { DocumentPath, Finding } from './problem-list.ts';

const SHOWN_CHARS = 60;

/** A schema error about a field in the words of a finding. */
export function describeFieldError(error: ErrorObject, at: DocumentPath): Finding {
  switch (error.keyword) {
    case 'required':
      return missing([...at, String(error.params['missingProperty'])]);
    case 'discriminator':
      return missing([...at, 'type']);
    case 'additionalProperties':
      return unknown(
        error,
        at,
        String(error.params['additionalProperty']),
        Object.keys(propertiesIn(error.parentSchema)),
      );
    case 'unevaluatedProperties':
      return unknown(
        error,
        at,
        String(error.params['unevaluatedProperty']),
        nodeFields(String(fieldsOf(error.data)['type'])),
      );
    case 'type':
      return {
        at,
        code: 'WRONG_TYPE',
        message: `${typeName(error.data)} stands where ${expected(error)} is needed`,
        mend: descriptionOf(error),
      };
    case 'pattern':
      return badText(error, at);
    case 'enum':
      return {
        at,
        code: 'BAD_VALUE',
        message: `${shown(error.data)} is none of ${listed(error.params['allowedValues'])}`,
        mend: descriptionOf(error),
      };
    default:
      return {
        at,
        code: 'BAD_VALUE',
        message: `${shown(error.data)} does not fit: ${reason(error)}`,
        mend: descriptionOf(error),
      };
  }
}

function missing(at: DocumentPath): Finding {
  return { at, code: 'MISSING_FIELD', message: `the field \`${at.at(-1)}\` is missing`, mend: 'add it' };
}

function unknown(error: ErrorObject, at: DocumentPath, field: string, known: readonly string[]): Finding {
  const suggestion = didYouMean(field, known);
  const mend =
    suggestion === '' && Object.hasOwn(propertiesIn(error.parentSchema), 'config')
      ? 'put free-form settings under `config` or `metadata`'
      : suggestion;
  return { at: [...at, field], code: 'UNKNOWN_FIELD', message: `unknown field \`${field}\``, mend };
}

function badText(error: ErrorObject, at: DocumentPath): Finding {
  if (error.schemaPath.includes('/method/')) {
    const mend = 'write package.Service/Method, without a slash before it';
    return { at, code: 'BAD_VALUE', message: `${shown(error.data)} is no method`, mend };
  }
  const code = error.schemaPath.includes('/duration/') ? 'BAD_DURATION' : 'BAD_ID';
  const what = code === 'BAD_DURATION' ? 'no duration' : 'no id';
  return { at, code, message: `${shown(error.data)} is ${what}`, mend: descriptionOf(error) };
}

function reason(error: ErrorObject): string {
  if (error.keyword === 'oneOf' || error.keyword === 'anyOf') return 'it has none of the forms allowed here';
  return error.message ?? error.keyword;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
};

function expected(error: ErrorObject): string {
  const types: unknown[] = [error.params['type']].flat();
  return types.map((type) => TYPES[String(type)] ?? String(type)).join(' or ');
}

function listed(values: unknown): string {
  return Array.isArray(values) ? values.map(String).join(', ') : String(values);
}

function descriptionOf(error: ErrorObject): string | undefined {
  const description = fieldsOf(error.parentSchema)['description'];
  return typeof description === 'string' ? description : undefined;
}

function propertiesIn(schema: unknown): Record<string, unknown> {
  return fieldsOf(fieldsOf(schema)['properties']);
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function typeName(value: unknown): string {
  if (value === null) return 'nothing';
  return TYPES[Array.isArray(value) ? 'array' : typeof value] ?? typeof value;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

/**
 * Checks requests against their schemas. Everything wrong is found at once. Texts of query and path become the numbers
 * and booleans that they stand for; bodies are taken as they are.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { FieldViolation } from '@skein/rpc';
import { invalidFields } from '../errors/invalid-request.ts';

const MAX_VIOLATIONS = 100;

/** A request that is not as its schema says. */
export class RequestViolation extends Error {
  readonly violations: readonly FieldViolation[];

  constructor(violations: readonly FieldViolation[]) {
    super('the request is not as the document says');
    this.name = 'RequestViolation';
    this.violations = violations;
  }
}

/** Whether fastify hands on one of ours. */
export function isRequestViolation(error: Error): error is RequestViolation {
  return error instanceof RequestViolation;
}

const common = { allErrors: true, strict: false, useDefaults: true, verbose: true } as const;
const asWritten = new Ajv(common);
const fromText = new Ajv({ ...common, coerceTypes: 'array' });

/** Compiles a schema when its route is asked for the first time: most processes see few of them. */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) => {
  let validate: ValidateFunction | undefined;
  const isBody = httpPart === 'body';
  return (data) => {
    validate ??= (isBody ? asWritten : fromText).compile(schema);
    if (validate(data)) return { value: data };
    const violations = (validate.errors ?? []).slice(0, MAX_VIOLATIONS).map((error) => violationOf(error, isBody));
    return { error: new RequestViolation(violations) };
  };
};

/** A check for bodies that come in other ways than as the body of a request. @throws INVALID_FIELD */
export function bodyCheck(schema: object): (data: unknown) => unknown {
  let validate: ValidateFunction | undefined;
  return (data) => {
    validate ??= asWritten.compile(schema);
    if (validate(data)) return data;
    throw invalidFields((validate.errors ?? []).slice(0, MAX_VIOLATIONS).map((error) => violationOf(error, true)));
  };
}

function violationOf(error: ErrorObject, isBody: boolean): FieldViolation {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  const own: string | undefined = error.params['missingProperty'] ?? error.params['additionalProperty'];
  if (own !== undefined) path.push(own);
  const field = path.reduce(
    (text, part) => (/^\d+$/.test(part) ? `${text}[${part}]` : text ? `${text}.${part}` : part),
    '',
  );
  return { field: field || (isBody ? 'body' : 'query'), ...explain(error) };
}

function explain(error: ErrorObject): Omit<FieldViolation, 'field'> {
  switch (error.keyword) {
    case 'required':
      return { description: 'is required', reason: 'REQUIRED' };
    case 'additionalProperties':
      return { description: 'is not known here; leave it out', reason: 'UNKNOWN_FIELD' };
    case 'enum': {
      const allowed = error.params['allowedValues'] as readonly unknown[];
      return { description: `give one of ${allowed.join(', ')}`, reason: 'INVALID_VALUE' };
    }
    case 'pattern':
      return { description: error.parentSchema?.['description'] ?? describePattern(error), reason: 'INVALID_VALUE' };
    case 'type':
      return { description: `give a value of type ${String(error.params['type'])}`, reason: 'INVALID_TYPE' };
    default:
      return { description: error.message ?? 'is not as the document says', reason: 'INVALID_VALUE' };
  }
}

function describePattern(error: ErrorObject): string {
  return `give a text that matches ${String(error.params['pattern'])}`;
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Parts that the schemas of routes share. */
import { DURATION_PATTERN } from '../presentation/time-text.ts';
import { ref, type JsonSchema } from '../presentation/message-schema.ts';

/** The tenant that is meant. */
export interface NamespaceQuery {
  readonly namespace?: string;
}

/** One page of a list. */
export interface PageQuery extends NamespaceQuery {
  readonly page_size?: number;
  readonly page_token?: string;
}

const NAMESPACE = { namespace: { type: 'string', description: 'Tenant. Default: `default`.' } };

const PAGE = {
  page_size: { type: 'integer', minimum: 1, maximum: 1000, description: 'At most this many. Default: 100.' },
  page_token: { type: 'string', description: '`next_page_token` of the page before.' },
};

/** The schema of an object. */
export type ObjectSchema = JsonSchema & { readonly properties: JsonSchema };

/** A duration such as `30s`. */
export function durationSchema(description: string): JsonSchema {
  return { type: 'string', pattern: DURATION_PATTERN, description, examples: ['30s'] };
}

/** An object of these fields and no others. */
export function fields(properties: JsonSchema, required: readonly string[] = []): ObjectSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** A query of the tenant and of these fields. */
export function query(properties: JsonSchema = {}): JsonSchema {
  return fields({ ...NAMESPACE, ...properties });
}

/** A query of a list. */
export function pageQuery(properties: JsonSchema = {}): JsonSchema {
  return query({ ...properties, ...PAGE });
}

/** The parameters of a path. */
export function pathParams(properties: Readonly<Record<string, string>>): JsonSchema {
  const entries = Object.entries(properties).map(([name, description]) => [name, { type: 'string', description }]);
  return fields(Object.fromEntries(entries) as JsonSchema, Object.keys(properties));
}

/** A page of a list under `name`. */
export function pageSchema(name: string, item: string, description: string): JsonSchema {
  const next = { type: 'string', description: 'Absent: this is the last page.' };
  return {
    description,
    ...fields({ [name]: { type: 'array', items: ref(item) }, next_page_token: next }, [name]),
  };
}

/** Answers by status; whatever else happens is an error of the one shape. */
export function answers(byStatus: Readonly<Record<number, JsonSchema>>): Readonly<Record<string, JsonSchema>> {
  return { ...byStatus, default: ref('Error') };
}

/** A page as it is answered. */
export function pageOf(name: string, items: readonly object[], nextPageToken: string): object {
  return { [name]: items, ...(nextPageToken === '' ? {} : { next_page_token: nextPageToken }) };
}

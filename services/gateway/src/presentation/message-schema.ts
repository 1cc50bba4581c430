/** JSON Schemas of what `present` shows, made from the same descriptors, so that the document cannot disagree. */
import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { FIELD_DOCS } from './field-docs.ts';
import { MESSAGE_EXAMPLES } from './message-examples.ts';

/** A JSON Schema, as far as this document needs one. */
export type JsonSchema = { readonly [keyword: string]: unknown };

const ANY_JSON: JsonSchema = { description: 'Any JSON value.' };

const SHOWN_AS_VALUE: Readonly<Record<string, JsonSchema>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time', examples: ['2026-11-05T09:30:00.000Z'] },
  'google.protobuf.Duration': { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?s$', examples: ['1.5s'] },
  'google.protobuf.Value': ANY_JSON,
  'google.protobuf.Struct': { type: 'object', additionalProperties: true },
  'skein.type.v1.Payload': ANY_JSON,
  'skein.type.v1.SearchAttribute': {
    description: 'A text, a number, true or false, a list of texts, or {"timestamp": RFC 3339}.',
  },
};

/** A reference to a schema of the document. */
export function ref(name: string): JsonSchema {
  return { $ref: `${name}#` };
}

/** The schema of a message, by its short name, and of every message in it. */
export function messageSchemas(descs: readonly DescMessage[]): JsonSchema[] {
  const schemas = new Map<string, JsonSchema>();
  const visit = (desc: DescMessage): void => {
    if (desc.typeName in SHOWN_AS_VALUE || schemas.has(desc.name)) return;
    schemas.set(desc.name, schemaOf(desc));
    for (const { message } of desc.fields) if (message !== undefined) visit(message);
  };
  for (const desc of descs) visit(desc);
  return [...schemas.values()];
}

function schemaOf(desc: DescMessage): JsonSchema {
  const example = MESSAGE_EXAMPLES[desc.name];
  return {
    $id: desc.name,
    type: 'object',
    description: FIELD_DOCS[desc.name] ?? `\`${desc.typeName}\` of the contracts.`,
    properties: Object.fromEntries(desc.fields.map((field) => [field.name, documented(desc, field)])),
    required: desc.fields.filter(alwaysShown).map((field) => field.name),
    additionalProperties: false,
    ...(example === undefined ? {} : { examples: [example] }),
  };
}

function documented(desc: DescMessage, field: DescField): JsonSchema {
  const schema = fieldSchema(field);
  const description = FIELD_DOCS[`${desc.name}.${field.name}`];
  return description === undefined || '$ref' in schema ? schema : { ...schema, description };
}

/** Rule P4. */
function alwaysShown(field: DescField): boolean {
  if (field.oneof !== undefined) return false;
  if (field.fieldKind === 'message') return false;
  return field.fieldKind !== 'scalar' || field.scalar !== ScalarType.STRING;
}

function fieldSchema(field: DescField): JsonSchema {
  switch (field.fieldKind) {
    case 'list':
      return { type: 'array', items: singleSchema(field) };
    case 'map':
      return { type: 'object', additionalProperties: singleSchema(field) };
    default:
      return singleSchema(field);
  }
}

function singleSchema(field: DescField): JsonSchema {
  if (field.enum !== undefined) return { type: 'string', enum: field.enum.values.map(({ localName }) => localName) };
  if (field.message !== undefined) return SHOWN_AS_VALUE[field.message.typeName] ?? ref(field.message.name);
  switch (field.scalar) {
    case ScalarType.STRING:
      return { type: 'string' };
    case ScalarType.BYTES:
      return { type: 'string', pattern: '^([0-9a-f]{2})*$' };
    case ScalarType.BOOL:
      return { type: 'boolean' };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { type: 'number' };
    default:
      return { type: 'integer' };
  }
}

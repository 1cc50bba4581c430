/**
 * Definitions as messages and as documents.
 *
 * Both say the same under the same names, so that one rule serves all fields: what protobuf's own JSON mapping makes of a
 * message is a document, save for enum values (`ON_ERROR_SKIP` is `skip`), for TextList, which is a list, and for the
 * fields of SPELLINGS. The contents of Value and Struct belong to the user and are not looked into.
 */
import { fromJson, toJson, type DescField, type DescMessage, type JsonValue as ProtoJson } from '@bufbuild/protobuf';
import {
  NodeDefinitionSchema,
  TextListSchema,
  WorkflowDefinitionSchema,
  type WorkflowDefinition as DefinitionMessage,
} from '@skein/contracts/workflow';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, type WorkflowDefinition } from '@skein/domain';

/** What a message says in another way than a document. */
interface Spelling {
  readonly toDocument: (fields: JsonObject) => JsonObject;
  readonly toMessage: (fields: JsonObject) => JsonObject;
}

/** The document of a definition that a program has built; not checked yet. @throws RangeError for numbers that JSON has not. */
export function documentOfMessage(message: DefinitionMessage): JsonObject {
  try {
    const json = toJson(WorkflowDefinitionSchema, message, { useProtoFieldName: true }) as JsonObject;
    return toDocument(WorkflowDefinitionSchema, json);
  } catch (cause) {
    throw new RangeError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The message of a checked definition. */
export function messageOfDefinition(definition: WorkflowDefinition): DefinitionMessage {
  const document = JSON.parse(JSON.stringify(definition)) as JsonObject;
  return fromJson(WorkflowDefinitionSchema, toMessage(WorkflowDefinitionSchema, document) as ProtoJson);
}

function toDocument(desc: DescMessage, json: JsonObject): JsonObject {
  const fields = mapFields(desc, json, (field, value): JsonValue | undefined => {
    if (field.message === TextListSchema) return isJsonObject(value) ? [...listIn(value)] : value;
    if (field.message !== undefined) return isJsonObject(value) ? toDocument(field.message, value) : value;
    return field.enum === undefined ? value : enumText(field.enum, value);
  });
  return SPELLINGS.get(desc)?.toDocument(fields) ?? fields;
}

function toMessage(desc: DescMessage, document: JsonObject): JsonObject {
  const json = SPELLINGS.get(desc)?.toMessage(document) ?? document;
  return mapFields(desc, json, (field, value) => {
    if (field.message === TextListSchema) return { values: value };
    if (field.message !== undefined) return isJsonObject(value) ? toMessage(field.message, value) : value;
    return field.enum === undefined || typeof value !== 'string' ? value : enumName(field.enum, value);
  });
}

/** The fields of a message, each value, or each of a list of them, turned into another; undefined leaves the field out. */
function mapFields(
  desc: DescMessage,
  json: JsonObject,
  turn: (field: DescField, value: JsonValue) => JsonValue | undefined,
): JsonObject {
  const turned = Object.entries(json).flatMap(([name, value]) => {
    const field = desc.fields.find((it) => it.name === name);
    const isOwn = field?.enum !== undefined || field?.message?.file === WorkflowDefinitionSchema.file;
    if (field === undefined || !isOwn) return [[name, value] as const];
    const isList = isJsonArray(value) && field.message !== TextListSchema;
    const result = isList ? value.map((it) => turn(field, it) ?? it) : turn(field, value);
    return result === undefined ? [] : [[name, result] as const];
  });
  return Object.fromEntries(turned);
}

type Enum = NonNullable<DescField['enum']>;

function enumText(desc: Enum, value: JsonValue): JsonValue | undefined {
  // A value that this version does not know is a number, and wrong in every document.
  if (typeof value !== 'string') return value;
  const text = value.toLowerCase().slice(desc.sharedPrefix?.length);
  return text === 'unspecified' ? undefined : text;
}

function enumName(desc: Enum, text: string): string {
  return `${desc.sharedPrefix ?? ''}${text}`.toUpperCase();
}

/** Nodes of a document that only pass their input through are called after what they are in the graph. */
const TYPE_OF_CASE: Readonly<Record<string, string>> = { entry: 'input', exit: 'output' };
const CASE_OF_TYPE: Readonly<Record<string, string>> = { input: 'entry', output: 'exit' };
const NODE_CASES = NodeDefinitionSchema.oneofs.find(({ name }) => name === 'type')?.fields ?? [];
const OWN_FIELDS = new Set(
  NodeDefinitionSchema.fields.filter((it) => it.oneof?.name !== 'type').map(({ name }) => name),
);

const SPELLINGS: ReadonlyMap<DescMessage, Spelling> = new Map<DescMessage, Spelling>([
  [
    WorkflowDefinitionSchema,
    {
      toDocument: ({ schema_url: schemaUrl, concurrency, rate, ...fields }) => ({
        ...fields,
        ...(schemaUrl === undefined ? {} : { $schema: schemaUrl }),
        ...(concurrency === undefined ? {} : { concurrency: unlessAlone(concurrency) }),
        ...(rate === undefined ? {} : { rate: unlessAlone(rate) }),
      }),
      toMessage: ({ $schema: schemaUrl, concurrency, rate, ...fields }) => ({
        ...fields,
        ...(schemaUrl === undefined ? {} : { schema_url: schemaUrl }),
        ...(concurrency === undefined ? {} : { concurrency: listOf(concurrency) }),
        ...(rate === undefined ? {} : { rate: listOf(rate) }),
      }),
    },
  ],
  [
    NodeDefinitionSchema,
    {
      toDocument: ({ join_count: joinCount, ...fields }) => {
        const [id, rest] = [
          fields['id'],
          Object.entries(fields).filter(([name]) => OWN_FIELDS.has(name) && name !== 'id'),
        ];
        const kind = NODE_CASES.find(({ name }) => name in fields);
        const own = kind === undefined ? {} : fields[kind.name];
        return {
          ...(id === undefined ? {} : { id }),
          ...(kind === undefined ? {} : { type: TYPE_OF_CASE[kind.name] ?? kind.name }),
          ...Object.fromEntries(rest),
          ...(joinCount === undefined ? {} : { join: joinCount }),
          ...(isJsonObject(own) ? own : {}),
        };
      },
      toMessage: ({ type, join, ...fields }) => {
        const entries = Object.entries(fields);
        const own = entries.filter(([name]) => !OWN_FIELDS.has(name));
        return {
          ...Object.fromEntries(entries.filter(([name]) => OWN_FIELDS.has(name))),
          ...(join === undefined ? {} : { [typeof join === 'number' ? 'join_count' : 'join']: join }),
          ...(typeof type === 'string' ? { [CASE_OF_TYPE[type] ?? type]: Object.fromEntries(own) } : {}),
        };
      },
    },
  ],
]);

/** One limit is written without a list around it, as people do. */
function unlessAlone(list: JsonValue): JsonValue {
  const [first, ...others] = isJsonArray(list) ? list : [];
  return first === undefined || others.length > 0 ? list : first;
}

function listIn({ values = [] }: JsonObject): readonly JsonValue[] {
  return isJsonArray(values) ? values : [];
}

function listOf(value: JsonValue): JsonValue {
  return isJsonArray(value) ? value : [value];
}

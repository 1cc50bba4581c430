import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../expression/json.ts';
import schema from './workflow.schema.json' with { type: 'json' };

/** The JSON Schema of the native form, for editors and for the check of fields: the one description of its shape. */
export const workflowSchema: JsonObject = schema;

let compiled: ValidateFunction | undefined;

/** What breaks the schema in a document of the native form, as the validator reports it. */
export function schemaErrors(document: JsonValue): readonly ErrorObject[] {
  compiled ??= new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    discriminator: true,
    logger: false,
  }).compile(schema);
  return compiled(document) ? [] : (compiled.errors ?? []);
}

const definitions: JsonObject = schema.$defs;

/** The fields a node of a type may have. */
export function nodeFields(type: string): readonly string[] {
  return [...propertiesOf('nodeBase'), ...propertiesOf(`${type === 'input' || type === 'output' ? 'pass' : type}Node`)];
}

/** The fields an object of the schema may have, the object given by the name of its definition. */
export function propertiesOf(name: string): readonly string[] {
  const definition = definitions[name];
  const properties = isJsonObject(definition) ? definition['properties'] : undefined;
  return isJsonObject(properties) ? Object.keys(properties) : [];
}

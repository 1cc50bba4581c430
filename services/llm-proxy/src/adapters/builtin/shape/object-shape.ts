import { isJsonArray, isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from '@skein/domain';
import { ImpossibleSchemaError } from './impossible-schema.ts';
import { asSchema, type Shaping } from './shaping.ts';

const MAX_PROPERTIES = 10_000;

/** An object for a schema. @throws ImpossibleSchemaError. */
export function objectShape(schema: JsonObject, shaper: Shaping): JsonObject {
  const names = namesFor(schema, shaper);
  const entries = names.map((name): [string, JsonValue] => [name, shaper.shape(schemaOf(schema, name), name)]);
  return Object.fromEntries(entries);
}

function namesFor(schema: JsonObject, shaper: Shaping): readonly string[] {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const names = new Set(textsIn(schema['required']));
  const most = typeof schema['maxProperties'] === 'number' ? schema['maxProperties'] : MAX_PROPERTIES;
  for (const [name, property] of Object.entries(properties)) {
    if (shaper.roomy && names.size < most && property !== false) names.add(name);
  }
  addDependents(schema, names);
  addMore(schema, names);
  // Written in the order of the schema, as a person would.
  const ordered = Object.keys(properties).filter((name) => names.has(name));
  return [...new Set([...ordered, ...names])];
}

/** What has to be there because something else is. */
function addDependents(schema: JsonObject, names: Set<string>): void {
  const { dependentRequired } = schema;
  if (!isJsonObject(dependentRequired)) return;
  // A set gives what is added while it is gone through.
  for (const name of names) for (const other of textsIn(dependentRequired[name])) names.add(other);
}

/** What has to be there to make them enough. */
function addMore(schema: JsonObject, names: Set<string>): void {
  const least = typeof schema['minProperties'] === 'number' ? schema['minProperties'] : 0;
  if (least > MAX_PROPERTIES) throw new ImpossibleSchemaError(`minProperties is above ${MAX_PROPERTIES}`);
  const properties = isJsonObject(schema['properties']) ? Object.keys(schema['properties']) : [];
  for (const name of properties) if (names.size < least) names.add(name);
  for (let number = 1; names.size < least; number += 1) names.add(`item${number}`);
}

/** The schema of a member. */
function schemaOf(schema: JsonObject, name: string): JsonSchema {
  const { properties, patternProperties, additionalProperties } = schema;
  if (isJsonObject(properties) && Object.hasOwn(properties, name)) return asSchema(properties[name] ?? true);
  if (isJsonObject(patternProperties)) {
    const match = Object.entries(patternProperties).find(([pattern]) => name.includes(pattern.replace(/^\^|\$$/g, '')));
    if (match !== undefined) return asSchema(match[1]);
  }
  return asSchema(additionalProperties ?? true);
}

const textsIn = (value: JsonValue | undefined): readonly string[] =>
  isJsonArray(value) ? value.filter((item) => typeof item === 'string') : [];

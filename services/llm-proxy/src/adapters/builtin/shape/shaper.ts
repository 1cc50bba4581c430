/**
 * Makes up one value for a schema.
 *
 * Owns how deep and how large the value has become. It does its best and is then checked: keywords that only exclude
 * values (`not`, `unevaluatedProperties`, …) are not looked at.
 */
import { compileSchema, isJsonArray, type JsonObject, type JsonSchema, type JsonValue } from '@skein/domain';
import type { Dice } from '../dice.ts';
import { arrayShape } from './array-shape.ts';
import type { Hints } from './hints.ts';
import { ImpossibleSchemaError } from './impossible-schema.ts';
import { mergeSchemas } from './merge-schemas.ts';
import { numberShape } from './number-shape.ts';
import { objectShape } from './object-shape.ts';
import { SchemaDocument } from './schema-document.ts';
import { asSchema, type Shaping } from './shaping.ts';
import { stringShape } from './string-shape.ts';

const MAX_DEPTH = 48;
const MAX_VALUES = 20_000;
/** From here on, what is optional is left out. */
const ROOMY_DEPTH = 4;
const ROOMY_VALUES = 500;
/** From this attempt on, what is optional is left out everywhere. */
const FRUGAL_ATTEMPT = 6;
/** Rounds of following references and choices at one place. */
const MAX_ROUNDS = 32;

export class Shaper implements Shaping {
  readonly hints: Hints;
  readonly dice: Dice;
  readonly #root: JsonObject;
  readonly #document: SchemaDocument;
  readonly #attempt: number;
  #depth = 0;
  #values = 0;

  constructor(root: JsonObject, hints: Hints, dice: Dice, attempt: number) {
    this.#root = root;
    this.#document = new SchemaDocument(root);
    this.hints = hints;
    this.dice = dice;
    this.#attempt = attempt;
  }

  /** A value for the whole schema. @throws ImpossibleSchemaError. */
  value(): JsonValue {
    return this.shape(this.#root, '');
  }

  get roomy(): boolean {
    return this.#attempt < FRUGAL_ATTEMPT && this.#depth <= ROOMY_DEPTH && this.#values < ROOMY_VALUES;
  }

  shape(schema: JsonSchema, name: string): JsonValue {
    this.#depth += 1;
    this.#values += 1;
    if (this.#depth > MAX_DEPTH || this.#values > MAX_VALUES) {
      throw new ImpossibleSchemaError(`what it requires has no end${name === '' ? '' : ` (${name})`}`);
    }
    try {
      const plain = this.#plain(schema);
      if (plain === false) throw new ImpossibleSchemaError(`it allows nothing${name === '' ? '' : ` for ${name}`}`);
      return this.#named(plain, name) ?? this.#made(plain, name);
    } finally {
      this.#depth -= 1;
    }
  }

  /** The schema with its references followed and its choices made. */
  #plain(schema: JsonSchema): JsonObject | false {
    let here = schema;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      if (here === false) return false;
      if (here === true) return {};
      const next = this.#followOne(here);
      if (next === undefined) return here;
      here = next;
    }
    throw new ImpossibleSchemaError('its references go round in a circle');
  }

  /** One reference or choice fewer; undefined: there are none. */
  #followOne(schema: JsonObject): JsonSchema | undefined {
    const { $ref, $dynamicRef, allOf, anyOf, oneOf, ...rest } = schema;
    const reference = $ref ?? $dynamicRef;
    if (typeof reference === 'string') {
      const kept = Object.fromEntries(Object.entries(schema).filter(([key]) => !/^\$(dynamicR|r)ef$/.test(key)));
      return mergeSchemas(kept, this.#document.find(reference));
    }
    if (isJsonArray(allOf)) {
      const kept = { ...rest, ...(anyOf === undefined ? {} : { anyOf }), ...(oneOf === undefined ? {} : { oneOf }) };
      return allOf.reduce<JsonSchema>((merged, part) => mergeSchemas(merged, asSchema(part)), kept);
    }
    for (const [keyword, choices] of [
      ['anyOf', anyOf],
      ['oneOf', oneOf],
    ] as const) {
      if (!isJsonArray(choices) || choices.length === 0) continue;
      const kept = Object.fromEntries(Object.entries(schema).filter(([key]) => key !== keyword));
      return mergeSchemas(kept, asSchema(choices[this.#attempt % choices.length] ?? true));
    }
    return this.#decideOne(schema);
  }

  /** `if`: satisfied at every other attempt. */
  #decideOne(schema: JsonObject): JsonSchema | undefined {
    const { if: condition, then: whenTrue, else: whenFalse, ...rest } = schema;
    if (condition === undefined) return undefined;
    if (this.#attempt % 2 === 1) return mergeSchemas(rest, asSchema(whenFalse ?? true));
    return mergeSchemas(mergeSchemas(rest, asSchema(condition)), asSchema(whenTrue ?? true));
  }

  /** A value that the schema or the user names. */
  #named(schema: JsonObject, name: string): JsonValue | undefined {
    if (schema['const'] !== undefined) return schema['const'];
    const { enum: choices, examples, default: usual } = schema;
    if (isJsonArray(choices)) {
      if (choices.length === 0) throw new ImpossibleSchemaError('an enum is empty');
      const mentioned = choices.find((choice) => typeof choice === 'string' && this.hints.mentions(choice));
      const said = this.hints.named(name);
      if (this.#attempt === 0 && typeof said === 'string' && choices.includes(said)) return said;
      return this.#attempt === 0 && mentioned !== undefined ? mentioned : this.dice.pick(choices);
    }
    if (this.#attempt > 0) return undefined;
    const said = name === '' ? undefined : this.hints.named(name);
    if (said !== undefined && fits(schema, said)) return said;
    return isJsonArray(examples) && examples.length > 0 ? this.dice.pick(examples) : usual;
  }

  #made(schema: JsonObject, name: string): JsonValue {
    switch (typeFor(schema, this.#attempt)) {
      case 'null':
        return null;
      case 'boolean':
        return this.dice.pick([true, false]);
      case 'integer':
        return numberShape(schema, this.dice, true);
      case 'number':
        return numberShape(schema, this.dice, false);
      case 'array':
        return arrayShape(schema, this);
      case 'object':
        return objectShape(schema, this);
      default:
        return stringShape(schema, this, name);
    }
  }
}

/** Whether a value fits a schema that stands alone; one with references is not looked into. */
function fits(schema: JsonObject, value: JsonValue): boolean {
  if (JSON.stringify(schema).includes('"$ref"')) return false;
  const compiled = compileSchema(schema);
  return 'validate' in compiled && compiled.validate(value).length === 0;
}

const TELLING: ReadonlyArray<readonly [type: string, keywords: readonly string[]]> = [
  ['object', ['properties', 'required', 'additionalProperties', 'patternProperties', 'minProperties', 'propertyNames']],
  ['array', ['items', 'prefixItems', 'minItems', 'maxItems', 'contains', 'uniqueItems']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
];

/** The type to make: the first that is not null, at later attempts another; what is not said shows in the keywords. */
function typeFor(schema: JsonObject, attempt: number): JsonValue {
  const { type } = schema;
  if (typeof type === 'string') return type;
  if (isJsonArray(type) && type.length > 0) {
    const ordered = [...type.filter((one) => one !== 'null'), ...type.filter((one) => one === 'null')];
    return ordered[attempt % ordered.length] ?? 'string';
  }
  return TELLING.find(([, keywords]) => keywords.some((keyword) => schema[keyword] !== undefined))?.[0] ?? 'string';
}

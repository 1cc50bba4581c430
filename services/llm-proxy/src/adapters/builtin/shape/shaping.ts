import { isJsonObject, type JsonSchema, type JsonValue } from '@skein/domain';
import type { Dice } from '../dice.ts';
import type { Hints } from './hints.ts';

/** A value in the making, as those see it who make its parts. */
export interface Shaping {
  readonly hints: Hints;
  readonly dice: Dice;
  /** Whether there is room for what is optional. */
  readonly roomy: boolean;
  /** A value for a part of the schema; `name` is the property's, or empty. @throws ImpossibleSchemaError. */
  shape(schema: JsonSchema, name: string): JsonValue;
}

/** A part of a schema where a schema belongs. */
export function asSchema(value: JsonValue): JsonSchema {
  return typeof value === 'boolean' || isJsonObject(value) ? value : true;
}

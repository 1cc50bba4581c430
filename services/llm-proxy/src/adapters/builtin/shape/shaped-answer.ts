import { compileSchema, type JsonObject, type JsonValue } from '@skein/domain';
import type { Dice } from '../dice.ts';
import { hintsIn } from './hints.ts';
import { ImpossibleSchemaError } from './impossible-schema.ts';
import { Shaper } from './shaper.ts';

/** Tries, each with other dice, another branch of every choice, and later with less that is optional. */
const TRIES = 12;

/**
 * JSON that a schema allows: the user's own where it fits, else one made up from the words of the user.
 * What no try satisfies is returned as it came out last: the check of the answer then says what is wrong with it.
 * @throws ImpossibleSchemaError when no try came to an end.
 */
export function shapedAnswer(schema: JsonObject, userText: string, diceFor: (salt: string) => Dice): string {
  const compiled = compileSchema(schema);
  if ('reason' in compiled) throw new ImpossibleSchemaError(compiled.reason);
  const fits = (value: JsonValue) => compiled.validate(value).length === 0;
  const hints = hintsIn(userText);
  if (hints.json !== undefined && fits(hints.json)) return JSON.stringify(hints.json);
  let last: JsonValue | undefined;
  let impossible = new ImpossibleSchemaError('it allows nothing');
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    try {
      last = new Shaper(schema, hints, diceFor(String(attempt)), attempt).value();
      if (fits(last)) return JSON.stringify(last);
    } catch (error) {
      if (!(error instanceof ImpossibleSchemaError)) throw error;
      impossible = error;
    }
  }
  if (last === undefined) throw impossible;
  return JSON.stringify(last);
}

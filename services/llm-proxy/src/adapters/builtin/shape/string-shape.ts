import type { JsonObject } from '@skein/domain';
import { formatText } from './format-text.ts';
import { ImpossibleSchemaError } from './impossible-schema.ts';
import { patternText } from './pattern-text.ts';
import type { Shaping } from './shaping.ts';

const MAX_LENGTH = 100_000;
/** Words of a text that nothing is said about. */
const USUAL_WORDS = 12;

/** A text for a schema; one that nothing is said about has words of the user. @throws ImpossibleSchemaError. */
export function stringShape(schema: JsonObject, shaper: Shaping, name: string): string {
  const { format, pattern } = schema;
  const least = typeof schema['minLength'] === 'number' ? schema['minLength'] : 0;
  const most = typeof schema['maxLength'] === 'number' ? schema['maxLength'] : MAX_LENGTH;
  if (least > MAX_LENGTH) throw new ImpossibleSchemaError(`minLength is above ${MAX_LENGTH}`);
  if (typeof pattern === 'string') return patternText(pattern, shaper.dice, { least, most });
  const formatted = typeof format === 'string' ? formatText(format, shaper.dice) : undefined;
  return formatted ?? words(shaper, name, { least, most });
}

function words({ hints, dice }: Shaping, name: string, { least, most }: { least: number; most: number }): string {
  const said = hints.named(name);
  const begun = typeof said === 'string' && said !== '';
  const wanted = begun ? 0 : USUAL_WORDS;
  const from = begun ? 0 : dice.integer(0, Math.max(0, hints.words.length - USUAL_WORDS));
  const parts: string[] = begun ? [said] : [];
  let length = begun ? lengthOf(said) : 0;
  for (let at = 0; (at < wanted || length < least) && length < most; at += 1) {
    const word = hints.words[(from + at) % hints.words.length] ?? 'text';
    length += lengthOf(word) + (parts.length === 0 ? 0 : 1);
    parts.push(word);
  }
  return Array.from(parts.join(' ')).slice(0, most).join('');
}

/** Length as a schema counts it: in code points. */
const lengthOf = (text: string): number => Array.from(text).length;

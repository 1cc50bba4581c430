import type { Dice } from '../dice.ts';
import { ImpossibleSchemaError } from './impossible-schema.ts';
import { parsePattern, type PatternNode } from './pattern-syntax.ts';

/** Bounds of a text, in characters. */
export interface TextBounds {
  readonly least: number;
  readonly most: number;
}

const TRIES = 40;
const MAX_LENGTH = 100_000;
/** Repetitions beyond the least, where there is no upper bound. */
const EXTRA = 2;

/** A text that matches a pattern, within the bounds if any try gets there. @throws ImpossibleSchemaError. */
export function patternText(source: string, dice: Dice, bounds: TextBounds): string {
  const node = parsePattern(source);
  let text = '';
  for (let tries = 0; tries < TRIES; tries += 1) {
    // Longer at every try that came out too short; at the first, and after one that was too long, as short as can be.
    const extra = text.length < bounds.least ? Math.max(EXTRA, bounds.least - text.length) + tries : 0;
    text = textOf(node, dice, tries === 0 && bounds.least === 0 ? EXTRA : extra);
    if (text.length >= bounds.least && text.length <= bounds.most) return text;
  }
  const open = !source.endsWith('$');
  return open && text.length < bounds.least ? text.padEnd(bounds.least, 'x') : text;
}

function textOf(node: PatternNode, dice: Dice, extra: number): string {
  switch (node.kind) {
    case 'characters':
      return node.characters.charAt(dice.integer(0, node.characters.length - 1));
    case 'choice':
      return textOf(dice.pick(node.branches), dice, extra);
    case 'sequence':
      return node.parts.map((part) => textOf(part, dice, extra)).join('');
    case 'repeat': {
      const count = dice.integer(node.least, Math.min(node.most, node.least + extra));
      if (count > MAX_LENGTH) throw new ImpossibleSchemaError(`a pattern repeats more than ${MAX_LENGTH} times`);
      let text = '';
      for (let round = 0; round < count && text.length < MAX_LENGTH; round += 1) text += textOf(node.part, dice, extra);
      return text;
    }
  }
}

/** Reads the patterns that people write in schemas: what a linear-time engine allows, without lookaround. */
import { ImpossibleSchemaError } from './impossible-schema.ts';

/** A part of a pattern. */
export type PatternNode =
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly branches: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly least: number; readonly most: number }
  /** One of these characters; never empty. */
  | { readonly kind: 'characters'; readonly characters: string };

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const WORD = `${LOWER}${UPPER}${DIGITS}_`;
const PRINTABLE = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));
const SHORTHANDS: Readonly<Record<string, string>> = {
  d: DIGITS,
  w: WORD,
  s: ' ',
  D: LOWER,
  W: '-.,:/ ',
  S: LOWER,
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  v: '\v',
};
const CATEGORIES: Readonly<Record<string, string>> = {
  L: LOWER,
  Letter: LOWER,
  Alphabetic: LOWER,
  Ll: LOWER,
  Lu: UPPER,
  N: DIGITS,
  Nd: DIGITS,
  P: '-.,:',
  S: '+=',
  Z: ' ',
};

/** @throws ImpossibleSchemaError for what is not read here. */
export function parsePattern(source: string): PatternNode {
  const reader = new PatternReader(source);
  const node = reader.choice();
  if (!reader.atEnd) throw reader.unreadable();
  return node;
}

class PatternReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get atEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  unreadable(): ImpossibleSchemaError {
    return new ImpossibleSchemaError(`the pattern ${this.#source} is too intricate at character ${this.#at + 1}`);
  }

  choice(): PatternNode {
    const branches = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    return branches.length === 1 && branches[0] !== undefined ? branches[0] : { kind: 'choice', branches };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (!this.atEnd && !'|)'.includes(this.#peek())) {
      const atom = this.#atom();
      if (atom !== undefined) parts.push(this.#repeated(atom));
    }
    return { kind: 'sequence', parts };
  }

  /** Undefined: something that stands for no character. */
  #atom(): PatternNode | undefined {
    const character = this.#next();
    switch (character) {
      case '^':
      case '$':
        return undefined;
      case '(':
        return this.#group();
      case '[':
        return { kind: 'characters', characters: this.#set() };
      case '.':
        return { kind: 'characters', characters: LOWER };
      case '\\':
        if (this.#take('b') || this.#take('B')) return undefined;
        return { kind: 'characters', characters: this.#escape() };
      case '*':
      case '+':
      case '?':
        throw this.unreadable();
      default:
        return { kind: 'characters', characters: character };
    }
  }

  #group(): PatternNode {
    if (this.#take('?') && !this.#take(':')) {
      const name = /^P?<[A-Za-z_]\w*>/.exec(this.#source.slice(this.#at));
      if (name === null) throw this.unreadable();
      this.#at += name[0].length;
    }
    const inner = this.choice();
    if (!this.#take(')')) throw this.unreadable();
    return inner;
  }

  #repeated(part: PatternNode): PatternNode {
    const counted = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(this.#source.slice(this.#at));
    if (counted === null) return part;
    this.#at += counted[0].length;
    const [, sign, first, comma, second] = counted;
    if (sign !== undefined)
      return { kind: 'repeat', part, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Infinity };
    const least = Number(first);
    const most = comma === '' ? least : second === '' ? Infinity : Number(second);
    return { kind: 'repeat', part, least, most };
  }

  #set(): string {
    const negated = this.#take('^');
    const members = new Set<string>();
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.atEnd) throw this.unreadable();
      const from = this.#take('\\') ? this.#escape() : this.#next();
      const ranged = from.length === 1 && this.#peek() === '-' && this.#source[this.#at + 1] !== ']';
      if (!ranged) {
        for (const character of from) members.add(character);
        continue;
      }
      this.#next();
      const to = this.#take('\\') ? this.#escape() : this.#next();
      // A long range is known by its beginning.
      const last = Math.min(to.charCodeAt(0), from.charCodeAt(0) + 127);
      for (let code = from.charCodeAt(0); code <= last; code += 1) members.add(String.fromCharCode(code));
    }
    this.#next();
    const characters = negated ? PRINTABLE.filter((character) => !members.has(character)) : [...members];
    if (characters.length === 0) throw this.unreadable();
    return characters.join('');
  }

  /** What the escape stands for, after its backslash. */
  #escape(): string {
    const coded = /^(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))/.exec(this.#source.slice(this.#at));
    if (coded !== null) {
      this.#at += coded[0].length;
      return String.fromCharCode(Number.parseInt(coded[1] ?? coded[2] ?? '', 16));
    }
    const category = /^p\{(?:\w+=)?(\w+)\}/.exec(this.#source.slice(this.#at));
    if (category !== null) {
      this.#at += category[0].length;
      const known = CATEGORIES[category[1] ?? ''];
      if (known === undefined) throw this.unreadable();
      return known;
    }
    const character = this.#next();
    if (/[1-9pPkcuxAzZ]/.test(character)) throw this.unreadable();
    return SHORTHANDS[character] ?? character;
  }

  #peek(): string {
    return this.#source[this.#at] ?? '';
  }

  #next(): string {
    const character = this.#peek();
    if (character === '') throw this.unreadable();
    this.#at += 1;
    return character;
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }
}

import { FilterError } from './filter-error.ts';

/** A piece of a filter's text. */
export interface Token {
  /** `end` stands behind the last one. */
  readonly kind: 'word' | 'text' | 'number' | 'sign' | 'end';
  /** As written; of a text, what is between the quotes. */
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

const PIECES = [
  ['space', /\s+/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['number', /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z0-9_.])/y],
  ['text', /'(?:[^']|'')*'|"(?:[^"]|"")*"/y],
  ['sign', /<=|>=|!=|<>|==|[=<>(),.[\]]/y],
] as const;

/** Cuts a filter. @throws FilterError */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < source.length) {
    const [kind, text] = pieceAt(source, offset);
    if (kind !== 'space') tokens.push({ kind, text: kind === 'text' ? unquoted(text) : text, column: offset + 1 });
    offset += text.length;
  }
  return [...tokens, { kind: 'end', text: '', column: source.length + 1 }];
}

function pieceAt(source: string, offset: number): readonly [(typeof PIECES)[number][0], string] {
  for (const [kind, pattern] of PIECES) {
    pattern.lastIndex = offset;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) return [kind, text];
  }
  const character = String.fromCodePoint(source.codePointAt(offset) ?? 0);
  if (character === "'" || character === '"') {
    throw new FilterError(offset + 1, 'the text has no end', `close it with ${character}`);
  }
  throw new FilterError(offset + 1, `\`${character}\` has no meaning here`, 'put texts in quotes');
}

/** A quote within a text is written twice. */
function unquoted(text: string): string {
  const quote = text.charAt(0);
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}

import { ExpressionError } from './errors.ts';

/** A part of a template text: literal text, or the source of an expression. */
export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly source: string; readonly offset: number };

const OPEN = '${';
const ESCAPED_OPEN = '$${';

/** Cuts a text into literal parts and `${ }` expressions; `$${` stands for a literal `${`. */
export function cutText(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('$', at);
    if (next === -1) break;
    literal += text.slice(at, next);
    if (text.startsWith(ESCAPED_OPEN, next)) {
      literal += OPEN;
      at = next + ESCAPED_OPEN.length;
    } else if (text.startsWith(OPEN, next)) {
      const start = next + OPEN.length;
      const end = closingBrace(text, start);
      if (end === undefined) throw unterminated(text, next);
      if (literal !== '') parts.push({ kind: 'text', text: literal });
      literal = '';
      parts.push({ kind: 'expression', source: text.slice(start, end), offset: start });
      at = end + 1;
    } else {
      literal += '$';
      at = next + 1;
    }
  }
  literal += text.slice(at);
  if (literal !== '' || parts.length === 0) parts.push({ kind: 'text', text: literal });
  return parts;
}

/** Writes a literal text so that a template gives it back unchanged. */
export function escapeText(text: string): string {
  return text.split(OPEN).join(ESCAPED_OPEN);
}

/** The position of the brace that ends an expression: not one within a map, a text in quotes or a comment. */
function closingBrace(text: string, start: number): number | undefined {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const char = text[at];
    if (char === '}' && depth === 0) return at;
    if (char === '{') depth++;
    else if (char === '}') depth--;
    at = char === '"' || char === "'" ? quoteEnd(text, at, char) : at + 1;
  }
  return undefined;
}

/** The position after the text in quotes that begins at a position. */
function quoteEnd(text: string, start: number, quote: string): number {
  const triple = quote.repeat(3);
  const mark = text.startsWith(triple, start) ? triple : quote;
  let at = start + mark.length;
  while (at < text.length && !text.startsWith(mark, at)) at += text[at] === '\\' ? 2 : 1;
  return at + mark.length;
}

function unterminated(text: string, offset: number): ExpressionError {
  return new ExpressionError({
    code: 'SYNTAX',
    reason: '`${` has no closing `}`',
    source: text,
    offset,
    mend: 'close the expression with }, or write $${ for a literal ${',
  });
}

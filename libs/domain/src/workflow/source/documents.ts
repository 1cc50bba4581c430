import { Composer, type Document, Lexer, type LineCounter, Parser } from 'yaml';
import { SOURCE_LIMITS } from './extent.ts';

/** Raised where a source nests too deep to be read safely. */
export class NestingError extends Error {
  override readonly name = 'NestingError';
}

type Token = Parameters<Composer['next']>[0];

/**
 * The YAML documents of a text, at least one. Stops at the first token that nests too deep: the library would
 * go on, recurse to the end of the stack and take seconds for it.
 */
export function composeDocuments(text: string, lines: LineCounter): readonly Document.Parsed[] {
  const composer = new Composer({
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    strict: true,
    merge: true,
    logLevel: 'silent',
  });
  return [...composer.compose(tokens(text, lines), true, text.length)];
}

function* tokens(text: string, lines: LineCounter): Generator<Token, void> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > SOURCE_LIMITS.depth + STACK_AROUND) throw new NestingError('the source nests too deep');
  }
  yield* parser.end();
}

/** Levels of the parser's stack that are no nesting: the document and the token at hand. */
const STACK_AROUND = 4;

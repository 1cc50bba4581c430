/**
 * Reads filters:
 *
 *   filter = and { "or" and }        and = not { "and" not }        not = "not" not | "(" filter ")" | term
 *   term   = field operator value | field ["not"] "in" "(" value { "," value } ")"
 *          | field "starts_with" text | field "is" ["not"] "null"
 *   field  = column | "labels." name | "labels[" text "]" | "attr." name
 *
 * Words of the language are the same in any case. Bounded, so that no filter costs more than reading it.
 */
import { didYouMean, isSearchAttributeName } from '@skein/domain';
import { isRunColumn, RUN_COLUMNS } from './columns.ts';
import { FilterError } from './filter-error.ts';
import type { FilterField, FilterTerm, RunFilter } from './filter.ts';
import { tokensOf, type Token } from './tokens.ts';
import { isOrderOperator, valueFor, checkOrder, type Literal } from './values.ts';

/** Bounds: of the text, of nesting, of all values that are compared with. */
export const FILTER_LIMITS = { sizeBytes: 8 * 1024, depth: 32, terms: 100 } as const;

/** The filter that a text says. @throws FilterError */
export function parseFilter(source: string): RunFilter {
  if (Buffer.byteLength(source) > FILTER_LIMITS.sizeBytes) {
    throw new FilterError(1, `the filter has more than ${FILTER_LIMITS.sizeBytes} bytes`);
  }
  const parser = new FilterParser(tokensOf(source));
  return parser.whole();
}

class FilterParser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #terms = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): RunFilter {
    const filter = this.#junction('or', 0);
    const { text, column, kind } = this.#peek();
    if (kind === 'end') return filter;
    throw new FilterError(column, `\`${text}\` is one too many`, 'join conditions with `and` and `or`');
  }

  #junction(kind: 'and' | 'or', depth: number): RunFilter {
    const part = (): RunFilter => (kind === 'or' ? this.#junction('and', depth) : this.#negation(depth));
    const first = part();
    const parts = [first];
    while (this.#takeWord(kind)) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  }

  #negation(depth: number): RunFilter {
    const { column } = this.#peek();
    if (depth > FILTER_LIMITS.depth) throw new FilterError(column, `nested deeper than ${FILTER_LIMITS.depth} levels`);
    if (this.#takeWord('not')) return { kind: 'not', part: this.#negation(depth + 1) };
    if (!this.#takeSign('(')) return this.#term();
    const within = this.#junction('or', depth + 1);
    this.#sign(')');
    return within;
  }

  #term(): RunFilter {
    const at = this.#peek();
    const field = this.#field();
    const negated = this.#takeWord('not');
    if (this.#takeWord('in')) return this.#among(field, negated);
    if (negated)
      throw new FilterError(
        this.#peek().column,
        '`not` is followed by `in` here',
        'such as `state not in (DONE, FAILED)`',
      );
    if (this.#takeWord('is')) {
      const isThere = this.#takeWord('not');
      if (!this.#takeWord('null')) throw new FilterError(this.#peek().column, 'write `is null` or `is not null`');
      this.#count(at);
      const absent: FilterTerm = { kind: 'absent', field };
      return isThere ? { kind: 'not', part: absent } : absent;
    }
    if (this.#takeWord('starts_with')) return this.#prefix(field);
    return this.#comparison(field);
  }

  #comparison(field: FilterField): FilterTerm {
    const operator = this.#take();
    const { text, column } = operator;
    const negated = text === '!=' || text === '<>';
    if (operator.kind === 'sign' && (negated || text === '=' || text === '==')) {
      return { kind: 'among', field, values: [valueFor(field, this.#literal())], negated };
    }
    if (operator.kind === 'sign' && isOrderOperator(text)) {
      const literal = this.#literal();
      const value = checkOrder(field, column, literal, valueFor(field, literal));
      return { kind: 'order', field, operator: text, value };
    }
    const found = operator.kind === 'end' ? 'the filter ends here' : `\`${text}\` is no operator`;
    throw new FilterError(column, found, 'use =, !=, <, <=, >, >=, in, starts_with or is null');
  }

  #among(field: FilterField, negated: boolean): FilterTerm {
    this.#sign('(');
    const values = [valueFor(field, this.#literal())];
    while (this.#takeSign(',')) values.push(valueFor(field, this.#literal()));
    this.#sign(')');
    return { kind: 'among', field, values, negated };
  }

  #prefix(field: FilterField): FilterTerm {
    const literal = this.#literal();
    const isText = field.kind !== 'column' || RUN_COLUMNS[field.column] === 'text';
    if (isText && literal.kind === 'text') return { kind: 'prefix', field, prefix: literal.text };
    throw new FilterError(
      literal.column,
      '`starts_with` compares texts',
      "such as `workflow_id starts_with 'billing-'`",
    );
  }

  #field(): FilterField {
    const { kind, text, column } = this.#take();
    if (kind !== 'word') {
      const found = kind === 'end' ? 'the filter ends here' : `\`${text}\` is no field`;
      throw new FilterError(column, found, `a condition begins with a field, such as \`state = FAILED\``);
    }
    const isQualified = this.#peek().text === '.' || this.#peek().text === '[';
    if (isQualified && text === 'labels') return { kind: 'label', name: this.#qualifier() };
    if (isQualified && text === 'attr') return { kind: 'attribute', name: this.#attributeName() };
    if (!isQualified && isRunColumn(text)) return { kind: 'column', column: text };
    const known = [...Object.keys(RUN_COLUMNS), 'attr.NAME', 'labels.KEY'];
    throw new FilterError(column, `unknown field \`${text}\``, MENDS[text] ?? didYouMean(text, known));
  }

  #attributeName(): string {
    const { column } = this.#peek();
    const name = this.#qualifier();
    if (isSearchAttributeName(name)) return name;
    throw new FilterError(
      column + 1,
      `no attribute is called \`${name}\``,
      'names are lower-case letters, digits and underscores',
    );
  }

  #qualifier(): string {
    if (this.#takeSign('.')) {
      const { kind, text, column } = this.#take();
      if (kind === 'word') return text;
      throw new FilterError(column, 'a name is missing', "write names of other characters as `labels['my-key']`");
    }
    this.#sign('[');
    const { kind, text, column } = this.#take();
    if (kind !== 'text') throw new FilterError(column, 'a name in quotes is missing', "such as `labels['my-key']`");
    this.#sign(']');
    return text;
  }

  #literal(): Literal {
    const token = this.#take();
    this.#count(token);
    const { kind, text, column } = token;
    if (kind === 'text') return { kind, text, column };
    if (kind === 'number') return { kind, number: Number(text), column };
    if (kind === 'word' && text.toLowerCase() === 'timestamp' && this.#takeSign('(')) {
      const inner = this.#take();
      this.#sign(')');
      if (inner.kind === 'text') return { kind: 'time', text: inner.text, column: inner.column };
      throw new FilterError(inner.column, 'a time in quotes is missing', "such as `timestamp('2026-11-01T00:00:00Z')`");
    }
    if (kind === 'word') return { kind, text, column };
    throw new FilterError(column, kind === 'end' ? 'a value is missing' : `\`${text}\` is no value`);
  }

  #count({ column }: Token): void {
    this.#terms += 1;
    if (this.#terms > FILTER_LIMITS.terms) {
      throw new FilterError(column, `the filter compares with more than ${FILTER_LIMITS.terms} values`);
    }
  }

  #sign(sign: string): void {
    if (this.#takeSign(sign)) return;
    const { kind, text, column } = this.#peek();
    throw new FilterError(column, `\`${sign}\` is missing${kind === 'end' ? '' : ` before \`${text}\``}`);
  }

  #takeSign(sign: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== 'sign' || text !== sign) return false;
    this.#next += 1;
    return true;
  }

  #takeWord(word: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== 'word' || text.toLowerCase() !== word) return false;
    this.#next += 1;
    return true;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? END;
  }
}

const END: Token = { kind: 'end', text: '', column: 1 };

/** What people write instead. */
const MENDS: Readonly<Record<string, string>> = {
  status: 'did you mean `state`?',
  labels: "give its name: `labels.team`, `labels['my-key']`",
  attr: 'give its name: `attr.customer`',
  label: 'did you mean `labels`?',
};

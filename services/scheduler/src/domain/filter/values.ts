import { didYouMean, instantMs } from '@skein/domain';
import { validate as isUuid } from 'uuid';
import { RUN_COLUMNS, STATE_WORDS, type ColumnType } from './columns.ts';
import { FilterError } from './filter-error.ts';
import type { FilterField, FilterValue, OrderOperator, OrderTerm } from './filter.ts';

/** A value as it is written. */
export type Literal = { readonly column: number } & (
  | { readonly kind: 'text' | 'word' | 'time'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
);

/** Whether a sign asks for an order. */
export function isOrderOperator(sign: string): sign is OrderOperator {
  return sign === '<' || sign === '<=' || sign === '>' || sign === '>=';
}

/** What a field is compared with. @throws FilterError where it is never such a thing */
export function valueFor(field: FilterField, literal: Literal): FilterValue {
  if (field.kind === 'column') return columnValue(RUN_COLUMNS[field.column], field.column, literal);
  if (field.kind === 'label') return labelValue(field.name, literal);
  switch (literal.kind) {
    case 'number':
      return finite(literal);
    case 'text':
      return storable(literal.text, literal.column);
    case 'time':
      return timeOf(literal.text, literal.column);
    case 'word':
      return booleanOf(literal.text, literal.column);
  }
}

/** @throws FilterError where there is no order: between states, ids, labels and truths */
export function checkOrder(
  field: FilterField,
  column: number,
  literal: Literal,
  value: FilterValue,
): OrderTerm['value'] {
  const type = field.kind === 'column' ? RUN_COLUMNS[field.column] : undefined;
  if (type === 'state' || type === 'id') throw new FilterError(column, 'there is no order here', 'use =, != or in');
  if (typeof value === 'boolean') throw new FilterError(literal.column, 'true and false have no order', 'use = or !=');
  return value;
}

function columnValue(type: ColumnType, name: string, literal: Literal): FilterValue {
  const { kind, column } = literal;
  switch (type) {
    case 'state':
      if (kind !== 'number' && kind !== 'time') return stateOf(literal.text, column);
      throw new FilterError(column, 'a state is a word', `one of ${STATE_WORDS.join(', ')}`);
    case 'number':
      if (kind === 'number') return finite(literal);
      throw new FilterError(column, `\`${name}\` is a number`);
    case 'time':
      if (kind === 'text' || kind === 'time') return timeOf(literal.text, column);
      throw new FilterError(column, `\`${name}\` is a time`, TIME_MEND);
    case 'id':
      if (kind === 'text' && isUuid(literal.text)) return literal.text.toLowerCase();
      throw new FilterError(column, `\`${name}\` is a UUID in quotes`);
    case 'text':
      if (kind !== 'text') throw new FilterError(column, `\`${name}\` is a text`, 'put it in quotes');
      if (literal.text !== '') return storable(literal.text, column);
      throw new FilterError(column, `\`${name}\` is never empty`, `\`${name} is null\` finds runs without one`);
  }
}

function labelValue(name: string, literal: Literal): string {
  storable(name, literal.column);
  if (literal.kind === 'text') return storable(literal.text, literal.column);
  throw new FilterError(literal.column, 'labels are texts', 'put the value in quotes');
}

const TIME_MEND = "write it with its zone, in quotes: '2026-11-01T00:00:00Z'";

function timeOf(text: string, column: number): FilterValue {
  const timestampMs = instantMs(text);
  if (timestampMs === undefined) throw new FilterError(column, `\`${text}\` is no time`, TIME_MEND);
  return { timestampMs };
}

function stateOf(text: string, column: number): FilterValue {
  const word = text.toUpperCase();
  if (STATE_WORDS.some((state) => state === word)) return word;
  throw new FilterError(column, `there is no state \`${text}\``, didYouMean(text, STATE_WORDS));
}

function booleanOf(text: string, column: number): FilterValue {
  const word = text.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw new FilterError(column, `\`${text}\` is no value`, `put texts in quotes: '${text}'`);
}

function finite({ number, column }: Literal & { readonly kind: 'number' }): number {
  if (Number.isFinite(number)) return number;
  throw new FilterError(column, 'the number is too large');
}

/** No run has such a text, and Postgres does not take it. */
function storable(text: string, column: number): string {
  if (text.isWellFormed() && !text.includes('\0')) return text;
  throw new FilterError(column, 'leave out U+0000 and halves of surrogate pairs');
}

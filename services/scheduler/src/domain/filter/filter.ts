import type { SearchAttribute } from '@skein/domain';
import type { RunColumn } from './columns.ts';

/**
 * A condition on runs, parsed and checked (parse-filter.ts). A comparison with what a run does not have is false, also
 * under `!=`; `not` makes it true.
 */
export type RunFilter = Junction | Negation | FilterTerm;

export interface Junction {
  readonly kind: 'and' | 'or';
  /** Two at least. */
  readonly parts: readonly RunFilter[];
}

export interface Negation {
  readonly kind: 'not';
  readonly part: RunFilter;
}

export type FilterTerm = AmongTerm | OrderTerm | PrefixTerm | AbsentTerm;

/** The field is one of the values; negated: it is there, and none of them. A list is any of its texts. */
export interface AmongTerm {
  readonly kind: 'among';
  readonly field: FilterField;
  /** One at least. */
  readonly values: readonly FilterValue[];
  readonly negated: boolean;
}

/** The field stands in an order to the value. Texts in the order of their code points. */
export interface OrderTerm {
  readonly kind: 'order';
  readonly field: FilterField;
  readonly operator: OrderOperator;
  readonly value: Exclude<FilterValue, boolean>;
}

export type OrderOperator = '<' | '<=' | '>' | '>=';

/** The field is a text that begins so. */
export interface PrefixTerm {
  readonly kind: 'prefix';
  readonly field: FilterField;
  readonly prefix: string;
}

/** The run does not have the field. */
export interface AbsentTerm {
  readonly kind: 'absent';
  readonly field: FilterField;
}

/** What is looked at. */
export type FilterField =
  | { readonly kind: 'column'; readonly column: RunColumn }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'attribute'; readonly name: string };

/** What it is compared with. */
export type FilterValue = Exclude<SearchAttribute, readonly string[]>;

/** Whether a filter says anything about a column. */
export function mentions(filter: RunFilter, column: RunColumn): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.parts.some((part) => mentions(part, column));
    case 'not':
      return mentions(filter.part, column);
    default:
      return filter.field.kind === 'column' && filter.field.column === column;
  }
}

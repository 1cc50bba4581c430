import type { Divergence } from '@skein/domain';
import { fieldDifferences } from '@skein/events';
import type { Output } from '../output/output.ts';
import { clip } from '../output/value-text.ts';

const VALUE_CHARS = 100;

/** A divergence as people and scripts get it, whoever found it. */
export interface DivergenceView {
  readonly code: string;
  readonly seq: number;
  /** Empty: the run as a whole. */
  readonly node_id: string;
  /** Names of the events; empty: none. */
  readonly recorded: string;
  readonly decided: string;
  readonly differences: readonly { readonly field: string; readonly recorded: string; readonly decided: string }[];
  readonly hint: string;
}

/** What a replay in this process found. */
export function viewOf(divergence: Divergence): DivergenceView {
  const { code, seq, nodeId, recorded, decided, hint } = divergence;
  const events = { recorded: recorded?.kind ?? '', decided: decided?.kind ?? '' };
  return { code, seq, node_id: nodeId, ...events, differences: fieldDifferences(divergence), hint };
}

/** Shows one divergence to people. */
export function showDivergence(view: DivergenceView, output: Output): void {
  const { bad, strong } = output.paint;
  const node = view.node_id === '' ? '' : ` ${strong(view.node_id)}`;
  output.line(`${bad('✗')} seq ${view.seq}${node}: ${sentence(view)}`);
  for (const { field, recorded, decided } of view.differences) {
    output.line(
      `    ${field}: ${clip(recorded, VALUE_CHARS) || 'absent'}, now ${clip(decided, VALUE_CHARS) || 'absent'}`,
    );
  }
  output.line(`    hint: ${view.hint}`);
}

function sentence({ code, recorded, decided, differences }: DivergenceView): string {
  if (code === 'INPUT_REFUSED') return 'a start with this input would be refused';
  if (decided === '') return `${recorded} was recorded and would not be decided now`;
  if (recorded === '') return `${decided} would be decided now and was not recorded`;
  if (differences.length > 0) return `${recorded} would be decided differently`;
  return `${recorded} was recorded, ${decided} would be decided now`;
}

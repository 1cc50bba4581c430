import { plainFields, type Divergence } from '@skein/domain';

/** One field of an event, as it was recorded and as it would be decided now. */
export interface FieldDifference {
  /** In the spelling of the contract, such as `next_node_ids`. */
  readonly field: string;
  /** JSON text, clipped; empty: the field is absent. */
  readonly recorded: string;
  readonly decided: string;
}

const MAX_VALUE_CHARS = 1024;

/** The fields in which the events of a divergence differ; none where one of them is missing or of another kind. */
export function fieldDifferences({ fields, recorded, decided }: Divergence): FieldDifference[] {
  const before = recorded === undefined ? {} : plainFields(recorded);
  const after = decided === undefined ? {} : plainFields(decided);
  return fields.map((name) => ({
    field: contractName(name),
    recorded: valueText(before[name]),
    decided: valueText(after[name]),
  }));
}

/** `retryAtMs` → `retry_at`, `nextNodeIds` → `next_node_ids`. */
function contractName(name: string): string {
  return name.replace(/Ms$/, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function valueText(value: unknown): string {
  const text = value === undefined ? '' : JSON.stringify(value);
  return text.length <= MAX_VALUE_CHARS ? text : `${text.slice(0, MAX_VALUE_CHARS)}…`;
}

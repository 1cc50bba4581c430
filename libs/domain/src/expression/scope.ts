import type { JsonObject, JsonValue } from './json.ts';

/** The names an expression may start from. */
export const SCOPE_NAMES = ['input', 'output', 'last', 'run', 'item', 'index', 'error'] as const;

/** One of the names an expression may start from. */
export type ScopeName = (typeof SCOPE_NAMES)[number];

/**
 * What an expression can see. Values that do not apply are left undefined: reading them is then a
 * missing key, like any other absent path.
 */
export interface Scope {
  /** `input`: the input of the run. */
  readonly input: JsonValue;
  /** `output.<node>`: the output of a node by its id, undefined while it has none. Called only for what is read. */
  readonly outputs: (nodeId: string) => JsonValue | undefined;
  /** `last`: the output of the node before this one. */
  readonly last?: JsonValue | undefined;
  /** `run`: facts about the run: `id`, `workflow_id`, `workflow_version`, `namespace` and what a caller adds. */
  readonly run: JsonObject;
  /** `error`: the failure that led here, on an error edge. */
  readonly error?: JsonValue | undefined;
  /** `item`: the element at hand, inside a map or loop. */
  readonly item?: JsonValue | undefined;
  /** `index`: the position of `item`, from 0. */
  readonly index?: number | undefined;
}

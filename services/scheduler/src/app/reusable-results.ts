import {
  canonicalJson,
  compensationId,
  type JsonObject,
  type NodeDefinition,
  type Plan,
  type ReusableResult,
  type RunState,
} from '@skein/domain';

/** The nodes named, and all that comes after them. */
export function redone(plan: Plan, nodeIds: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...nodeIds];
  for (const id of open) {
    if (found.has(id)) continue;
    found.add(id);
    for (const { to } of plan.nodes.get(id)?.outgoing ?? []) open.push(to);
  }
  return found;
}

/** Between which runs results go over. */
export interface Takeover {
  readonly source: RunState;
  /** The plan that the source is on. */
  readonly before: Plan;
  readonly after: Plan;
  /** Nodes that are done again whatever they came to. */
  readonly redo: ReadonlySet<string>;
}

/** What a fork need not do again: what had succeeded by `seq`, and does the same on its plan. */
export function reusableResults(
  { source, before, after, redo }: Takeover,
  seq: number,
): ReadonlyMap<string, ReusableResult> {
  const results = new Map<string, ReusableResult>();
  for (const node of source.nodes.values()) {
    const { id, status, output, endedSeq, inputDigest, outputSeq } = node;
    if (status !== 'SUCCEEDED' || output === undefined || endedSeq > seq || redo.has(id)) continue;
    if (inputDigest.byteLength === 0 || wasUndone(source, id) || !doTheSame(before, after, id)) continue;
    results.set(id, { inputDigest, output, seq: outputSeq });
  }
  return results;
}

/** Whether what the node did is not there any more, or nobody knows. What could not be undone is still there. */
function wasUndone(source: RunState, nodeId: string): boolean {
  const undoing = source.nodes.get(compensationId(nodeId));
  return undoing !== undefined && undoing.status !== 'FAILED';
}

function doTheSame(before: Plan, after: Plan, nodeId: string): boolean {
  const work = ({ definition }: Plan) => workOf(definition.nodes.find(({ id }) => id === nodeId));
  return before === after || work(before) === work(after);
}

/** What a node does, without what only says when, how often and with what input: that shows in the input's digest. */
function workOf(node: NodeDefinition | undefined): string {
  if (node === undefined) return '';
  const settings = Object.entries(node as unknown as JsonObject).filter(([field]) => !BESIDE_THE_WORK.has(field));
  return canonicalJson(Object.fromEntries(settings));
}

const BESIDE_THE_WORK: ReadonlySet<string> = new Set([
  'name',
  'description',
  'metadata',
  'input',
  'items',
  'when',
  'join',
  'branch',
  'merge',
  'timeouts',
  'retry',
  'on_error',
  'delivery',
  'compensate',
]);

/** What the beginning of an attempt does, by the kind of the node's work. */
import { ExpressionError } from '../expression/errors.ts';
import { isJsonArray, type JsonValue, textOf } from '../expression/json.ts';
import type { Scope } from '../expression/scope.ts';
import { parseDurationMs } from '../workflow/duration.ts';
import type { ApprovalWork, ChildWork, PlanNode, SignalWork, WaitWork } from '../workflow/plan.ts';
import type { OutputHolder } from './event.ts';
import { finalFailure, type Failure } from './failure.ts';
import { nodeScope, payloadDigest, type NodeInput } from './node-input.ts';
import { takenPredecessors } from './node-scope.ts';
import { startChildren } from './start-children.ts';
import { draftOfTurn, emit, type Turn } from './turn.ts';

/** What an attempt came to at once; undefined: it goes on. */
export type Begun = { readonly result: OutputHolder } | { readonly failure: Failure } | undefined;

/** Most items of a map. */
export const MAX_ITEMS = 100_000;
/** Most child runs within one another. */
export const MAX_DEPTH = 16;

/**
 * Begins an attempt: work for an executor becomes ready, child runs are started, waiting begins.
 * @throws ExpressionError when one of the node's expressions fails on this run's data.
 */
export function beginAttempt(turn: Turn, node: PlanNode, attempt: number, input: NodeInput): Begun {
  const beforeSeq = draftOfTurn(turn).seq + 1;
  turn.inputs.set(node.id, input.payload);
  const inputDigest = payloadDigest(input.payload);
  emit(turn, { kind: 'node_scheduled', nodeId: node.id, attempt, inputDigest, inputSeqs: input.fromSeqs });
  const { work } = node;
  switch (work.kind) {
    case 'agent':
    case 'llm':
    case 'rpc':
    case 'tool':
    case 'local':
      return undefined;
    case 'map':
    case 'loop':
    case 'subworkflow':
      return beginChildren(turn, node, work, input);
    case 'wait':
      return beginWait(turn, node, work, input, scopeOf(turn, node, beforeSeq));
    case 'signal':
      return beginSignal(turn, node, work);
    case 'approval':
      return beginApproval(turn, node, work, scopeOf(turn, node, beforeSeq));
  }
}

function scopeOf(turn: Turn, node: PlanNode, beforeSeq: number): Scope {
  const draft = draftOfTurn(turn);
  return nodeScope(draft, takenPredecessors(draft, node, beforeSeq), beforeSeq);
}

/** What a node that passes its input through ends with. */
export function passedOn(input: NodeInput): OutputHolder {
  return input.heldBySeq === undefined ? { output: input.payload } : { outputSeq: input.heldBySeq };
}

function beginChildren(turn: Turn, node: PlanNode, work: ChildWork, input: NodeInput): Begun {
  const place = `nodes.${node.id}`;
  const depth = draftOfTurn(turn).parent?.depth ?? 0;
  if (depth >= MAX_DEPTH) {
    const message = `child runs are nested more than ${MAX_DEPTH} deep`;
    return { failure: finalFailure('TOO_DEEP', message, place, 'see whether a workflow runs itself without an end') };
  }
  if (work.kind !== 'map') {
    startChildren(turn, node, { total: work.kind === 'loop' ? work.maxIterations : 1, sequential: true });
    return undefined;
  }
  const items = input.payload.value;
  if (!isJsonArray(items)) {
    const remedy = 'let `items` give a list';
    return { failure: finalFailure('EXPRESSION_FAILED', 'the items are no list', `${place}.items`, remedy) };
  }
  if (items.length > MAX_ITEMS) {
    const message = `${items.length} items, of at most ${MAX_ITEMS}`;
    return { failure: finalFailure('TOO_MANY_ITEMS', message, `${place}.items`, 'map over parts of the list') };
  }
  if (items.length === 0) return { result: { collected: 'outputs' } };
  startChildren(turn, node, { total: items.length, sequential: false });
  return undefined;
}

function beginWait(turn: Turn, node: PlanNode, work: WaitWork, input: NodeInput, scope: Scope): Begun {
  const dueAtMs = dueTime(turn, node, work, scope);
  if (typeof dueAtMs !== 'number') return { failure: dueAtMs };
  if (dueAtMs <= turn.moment.nowMs) return { result: passedOn(input) };
  emit(turn, { kind: 'wait_started', nodeId: node.id, dueAtMs });
  return undefined;
}

function dueTime(turn: Turn, node: PlanNode, { duration, until }: WaitWork, scope: Scope): number | Failure {
  const value = (duration ?? until)?.evaluate(scope) ?? null;
  const dueAtMs = duration === undefined ? timeOf(value) : addedTo(turn.moment.nowMs, value);
  if (dueAtMs !== undefined) return dueAtMs;
  const field = duration === undefined ? 'until' : 'duration';
  const remedy =
    field === 'until' ? 'give a time such as 2027-01-31T09:00:00Z' : 'give a duration such as 5m, or seconds';
  const message = `${JSON.stringify(value).slice(0, 100)} is no ${field === 'until' ? 'time' : 'duration'}`;
  return finalFailure('EXPRESSION_FAILED', message, `nodes.${node.id}.${field}`, remedy);
}

function timeOf(value: JsonValue): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function addedTo(nowMs: number, value: JsonValue): number | undefined {
  const ms = typeof value === 'number' ? Math.round(value * 1000) : parseDurationMs(textOf(value));
  return ms === undefined || !(ms >= 0) ? undefined : nowMs + ms;
}

function beginSignal(turn: Turn, node: PlanNode, { signalName: name, timeoutMs }: SignalWork): Begun {
  const kept = draftOfTurn(turn).signals.find((signal) => signal.name === name);
  if (kept !== undefined) return { result: { outputSeq: kept.seq } };
  const dueAtMs = timeoutMs === undefined ? undefined : turn.moment.nowMs + timeoutMs;
  emit(turn, { kind: 'signal_awaited', nodeId: node.id, name, dueAtMs });
  return undefined;
}

function beginApproval(turn: Turn, node: PlanNode, work: ApprovalWork, scope: Scope): Begun {
  const { nowMs } = turn.moment;
  const { escalation } = work;
  emit(turn, {
    kind: 'approval_required',
    nodeId: node.id,
    prompt: textOf(work.prompt?.evaluate(scope) ?? ''),
    approvers: namesOf(work.approvers?.evaluate(scope)),
    expiresAtMs: nowMs + work.expiresInMs,
    escalateAtMs: escalation === undefined ? undefined : nowMs + escalation.afterMs,
    escalateTo: namesOf(escalation?.approvers.evaluate(scope)),
  });
  return undefined;
}

/** Names of people; an expression among them may give several. */
function namesOf(value: JsonValue | undefined): readonly string[] {
  if (value === undefined) return [];
  const names = isJsonArray(value) ? value.flat() : [value];
  return names.map((name) => {
    if (typeof name === 'string' && name !== '') return name;
    throw new ExpressionError({
      code: 'VALUE',
      reason: 'an approver is no name',
      source: JSON.stringify(name),
      mend: 'give texts, or lists of texts',
    });
  });
}

/**
 * Plays a recorded run again and compares: would this plan decide today what was decided then?
 *
 * R1. The state is always the fold of what was recorded, so that one divergence does not hide or invent others: after
 *     each, the replay goes on at the next thing that happened outside.
 * R2. Time and chance are the recorded ones. A retry may have any time that the policy could have drawn.
 * R3. How commands were put together into transitions does not matter: they are derived and decided one by one.
 */
import { planAt } from '../workflow/plan-at.ts';
import type { Plan } from '../workflow/plan.ts';
import { decide } from './decide.ts';
import type { RunEvent } from './event.ts';
import type { RunIdentity } from './evolve.ts';
import { HistoryFold, type HistoryEvent } from './history.ts';
import { causeOf, EVENT_ORIGINS } from './replay-cause.ts';
import { differingFields, hintFor } from './replay-compare.ts';
import type { RunState } from './state.ts';
import { findPlanNode } from './turn.ts';

/** How a history and a plan disagree. */
export type DivergenceCode =
  /** The plan's input schema refuses the run's input. */
  | 'INPUT_REFUSED'
  /** The plan has no node that the run had. */
  | 'NODE_MISSING'
  /** Another event would be decided. */
  | 'OTHER_EVENT'
  /** The event would be decided with other fields. */
  | 'OTHER_FIELDS'
  /** Nothing would be decided where an event was recorded. */
  | 'NOT_DECIDED'
  /** An event would be decided where the history has none. */
  | 'NOT_RECORDED';

/** One place where a history and a plan disagree. */
export interface Divergence {
  readonly code: DivergenceCode;
  /** Of the recorded event, or of the one before which the missing one belongs. */
  readonly seq: number;
  /** Empty: the run as a whole. */
  readonly nodeId: string;
  readonly recorded: RunEvent | undefined;
  readonly decided: RunEvent | undefined;
  /** With OTHER_FIELDS: which, in the kernel's spelling. */
  readonly fields: readonly string[];
  /** Where to look. */
  readonly hint: string;
}

/** What a replay found. */
export interface ReplayResult {
  /** In the order of the history, at most {@link MAX_DIVERGENCES}. Empty: the plan explains the history. */
  readonly divergences: readonly Divergence[];
  readonly eventCount: number;
}

/** Most divergences that one replay reports; a plan of another workflow has no end of them. */
export const MAX_DIVERGENCES = 100;

/**
 * Replays a history, of an ended run or of an open one, on a plan.
 * @throws BrokenHistoryError for a history that no run can have.
 */
export function replay(plan: Plan, identity: RunIdentity, history: readonly HistoryEvent[]): ReplayResult {
  const fold = new HistoryFold(identity);
  const divergences: Divergence[] = [];
  const own = graphOf(plan, history);
  if (typeof own === 'string') return { divergences: [graphMissing(history, own)], eventCount: history.length };
  let at = 0;
  while (at < history.length) {
    const step = replayStep({ plan: own, identity, history, at, state: fold.state });
    divergences.push(...step.divergences);
    for (const entry of history.slice(at, step.next)) fold.add(entry);
    at = step.next;
  }
  return { divergences: divergences.slice(0, MAX_DIVERGENCES), eventCount: history.length };
}

/** A child run runs a graph within its workflow; a text where the plan has none there. */
function graphOf(plan: Plan, [first]: readonly HistoryEvent[]): Plan | string {
  try {
    return planAt(plan, first?.event.kind === 'run_started' ? (first.event.bodyPath ?? '') : '');
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function graphMissing([first]: readonly HistoryEvent[], hint: string): Divergence {
  const recorded = first?.event;
  return { code: 'NODE_MISSING', seq: first?.seq ?? 1, nodeId: '', recorded, decided: undefined, fields: [], hint };
}

interface Position {
  readonly plan: Plan;
  readonly identity: RunIdentity;
  readonly history: readonly HistoryEvent[];
  /** Index of the event to explain. */
  readonly at: number;
  readonly state: RunState | undefined;
}

interface Step {
  readonly divergences: readonly Divergence[];
  /** Index of the next event to explain. */
  readonly next: number;
}

/** Explains the events of one command. */
function replayStep(position: Position): Step {
  const { plan, history, at } = position;
  const recorded = history[at]?.event;
  const nodeId = recorded === undefined ? '' : nodeOf(recorded);
  if (nodeId !== '' && findPlanNode(plan, nodeId) === undefined) {
    const hint = `the definition has no node ${nodeId}`;
    return diverged(position, 0, { code: 'NODE_MISSING', decided: undefined, hint });
  }
  const decided = decideAgain(position);
  if (typeof decided === 'string') {
    return diverged(position, 0, { code: 'NODE_MISSING', decided: undefined, hint: decided });
  }
  if (decided.length === 0) {
    const hint = 'nothing leads to this event any more: look at the edges, joins and conditions before it';
    return diverged(position, 0, { code: 'NOT_DECIDED', decided: undefined, hint });
  }
  const refused = recorded?.kind === 'run_started' ? refusedInput(position, recorded) : [];
  const step = compare(position, decided);
  return { divergences: [...refused, ...step.divergences], next: step.next };
}

function compare(position: Position, decided: readonly RunEvent[]): Step {
  const { history, at } = position;
  for (const [offset, event] of decided.entries()) {
    const recorded = history[at + offset]?.event;
    if (recorded === undefined || (offset > 0 && isNewsTo(recorded, event))) {
      const hint = recorded === undefined ? 'the run would have gone on here' : hintFor(recorded, event, []);
      return diverged(position, offset, { code: 'NOT_RECORDED', decided: event, hint });
    }
    const fields = differingFields(recorded, event);
    if (fields.length === 0) continue;
    const hint = hintFor(recorded, event, fields);
    if (recorded.kind !== event.kind) return diverged(position, offset, { code: 'OTHER_EVENT', decided: event, hint });
    return diverged(position, offset, { code: 'OTHER_FIELDS', decided: event, fields, hint });
  }
  return { divergences: [], next: at + decided.length };
}

/** Whether the history goes on with something else that happened, where more would be decided. */
function isNewsTo(recorded: RunEvent, decided: RunEvent): boolean {
  return recorded.kind !== decided.kind && EVENT_ORIGINS[recorded.kind] === 'fact';
}

/** What the plan makes of the command behind the recorded event; a text where it cannot even be asked. */
function decideAgain({ plan, identity, history, at, state }: Position): readonly RunEvent[] | string {
  const first = history[at];
  // Only a start and an admission look further than at the next event.
  const looksFar = first?.event.kind === 'run_started' || first?.event.kind === 'run_admitted';
  const command = causeOf(state, history.slice(at, looksFar ? undefined : at + 2));
  if (first === undefined || command === undefined) return [];
  const moment = { nowMs: first.occurredAtMs, random: chanceOf(plan, first, history.slice(at, at + LONGEST_CALL)) };
  try {
    return decide(plan, identity, state, [command], moment).events;
  } catch (error) {
    // A node of the run that is open is not in the plan; `planNode` says which.
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** A call's start, its end, and what became of the attempt. */
const LONGEST_CALL = 3;

/** R2. The draw that gives the recorded wait, or comes closest; the longest wait where there was none. */
function chanceOf(plan: Plan, first: HistoryEvent, upcoming: readonly HistoryEvent[]): number {
  for (const { event } of upcoming) {
    if (event.kind !== 'node_retry_scheduled' || event.nodeId !== nodeOf(first.event)) continue;
    const retry = findPlanNode(plan, event.nodeId)?.retry;
    if (retry === undefined || retry.jitter === 0) return 0;
    const exponentialMs = retry.initialMs * retry.multiplier ** (event.nextAttempt - 2);
    const waitMs = Math.round(event.retryAtMs - first.occurredAtMs);
    const spread = waitMs / Math.max(1, Math.min(exponentialMs, retry.maxMs)) - 1;
    return Math.min(1, Math.max(0, (spread + retry.jitter) / (2 * retry.jitter)));
  }
  return 1;
}

function refusedInput(
  { plan, history, at }: Position,
  event: Extract<RunEvent, { kind: 'run_started' }>,
): Divergence[] {
  const [violation] = plan.validateInput(event.input.value);
  if (violation === undefined) return [];
  const hint = `input_schema refuses the run's input at ${violation.pointer || 'its root'}: ${violation.message}`;
  const seq = history[at]?.seq ?? 1;
  return [{ code: 'INPUT_REFUSED', seq, nodeId: '', recorded: event, decided: undefined, fields: [], hint }];
}

/** R1. Reports the event at the offset and goes on at the next thing that the disagreement cannot have touched. */
function diverged(
  { history, at }: Position,
  offset: number,
  finding: Pick<Divergence, 'code' | 'decided' | 'hint'> & { readonly fields?: readonly string[] },
): Step {
  const place = history[at + offset];
  const recorded = finding.code === 'NOT_RECORDED' ? undefined : place?.event;
  const seq = place?.seq ?? (history.at(-1)?.seq ?? 0) + 1;
  const subject = recorded ?? finding.decided;
  const nodeId = subject === undefined ? '' : nodeOf(subject);
  let next = at + Math.max(1, offset);
  while (next < history.length && follows(history[at], history[next])) next += 1;
  return { divergences: [{ fields: [], ...finding, seq, nodeId, recorded }], next };
}

/** Whether an event may be a consequence of what happened at another. */
function follows(first: HistoryEvent | undefined, later: HistoryEvent | undefined): boolean {
  if (first === undefined || later === undefined) return false;
  const origin = EVENT_ORIGINS[later.event.kind];
  return origin === 'decision' || (origin === 'either' && later.occurredAtMs === first.occurredAtMs);
}

function nodeOf(event: RunEvent): string {
  return 'nodeId' in event ? event.nodeId : '';
}

/**
 * Takes in the history of a run that ended elsewhere, or here before its data was lost.
 *
 * Owns: which histories are good enough to be kept. Does not own: the rows (RunArchive), their way to event-log (Outbox).
 *
 * H1. Nothing is stored of a history that has a gap, no end, or does not fold: what is stored can be read for ever.
 * H2. An id that is taken stays whose it is; of several imports of one run one is stored.
 * H3. An imported run is at its end from the first moment: no task, timer or check_at follows from it.
 * H4. Its definition is the one it ran on: a stored version only where it is equal, else the run's own.
 */
import { Code } from '@connectrpc/connect';
import {
  BrokenHistoryError,
  canonicalJson,
  definitionJson,
  digestOf,
  foldHistory,
  isJsonObject,
  isTerminal,
  MAX_PAYLOAD_BYTES,
  memoProblem,
  parseWorkflow,
  Payload,
  planAt,
  type HistoryEvent,
  type JsonObject,
  type ParsedWorkflow,
  type Plan,
  type RunEvent,
  type RunState,
} from '@skein/domain';
import { claimPayloads, encodeTransition } from '@skein/events';
import { skeinError } from '@skein/rpc';
import type { FoundRun } from './find-run.ts';
import type { PayloadObjects } from './payloads/payload-objects.ts';
import type { OutboxBatch, RunEnd, RunStart, StoredPayload, TransitionRow } from './run-store.ts';
import { endOf, memoOf } from './run-transition.ts';
import { runIdTaken } from './start-run.ts';
import type { WorkflowStore } from './workflow-store.ts';
import { invalidWorkflow } from './workflows.ts';

/** An ended run, ready to be stored. */
export interface ArchivedRun {
  /** Names the commit and its outbox row: a UUIDv7. */
  readonly commitId: string;
  readonly namespace: string;
  readonly runId: string;
  readonly start: Omit<RunStart, 'checkAtMs' | 'key' | 'status'>;
  readonly end: RunEnd;
  readonly transitions: readonly TransitionRow[];
  /** Payloads that have left their transitions. */
  readonly payloads: readonly StoredPayload[];
}

/** The part of the store that takes in whole runs. */
export interface RunArchive {
  /** Stores the run, its history and an outbox row for event-log, all or nothing; false: there is such a run. */
  store(run: ArchivedRun): Promise<boolean>;
}

/** What importing needs. */
export interface ImportRunDependencies {
  readonly archive: RunArchive;
  /** Where large payloads go; undefined: into the store. */
  readonly objects?: Pick<PayloadObjects, 'put'> | undefined;
  readonly workflows: Pick<WorkflowStore, 'get'>;
  readonly newCommitId: () => string;
  /** Told of what was stored, to bring it to event-log at once. */
  readonly onStored: (batch: OutboxBatch) => void;
}

/** A run to be taken in. */
export interface ImportRequest {
  readonly namespace: string;
  readonly runId: string;
  readonly definition: JsonObject;
  readonly history: readonly HistoryEvent[];
}

/**
 * Stores an ended run.
 * @throws INVALID_HISTORY, INVALID_WORKFLOW, RUN_ID_TAKEN; ObjectStoreError where the payloads cannot be stored
 */
export async function importRun(dependencies: ImportRunDependencies, request: ImportRequest): Promise<FoundRun> {
  const { namespace, runId } = request;
  const parsed = parseWorkflow(request.definition, { dialect: 'native' });
  const { plan } = parsed;
  if (plan === undefined) throw invalidWorkflow(parsed.problems);
  checkPayloads(request.history);
  checkMemo(request.history);
  const history = await withDefinition(dependencies, request, parsed);
  const state = fold(request, history);
  if (state.workflowId !== plan.workflowId) {
    throw invalidHistory(1, `the run is of workflow ${state.workflowId}, the definition of ${plan.workflowId}`);
  }
  const graph = graphOf(plan, state);
  const run = await shelved(dependencies, archived(request, dependencies.newCommitId(), state, history));
  if (!(await dependencies.archive.store(run))) throw runIdTaken(runId, undefined);
  const transitions = run.transitions.map((row) => ({ ...row, runId, namespace }));
  dependencies.onStored({ batchId: run.commitId, transitions });
  return { state, plan: graph, setAside: undefined };
}

/** H1. */
function fold({ runId, namespace }: ImportRequest, history: readonly HistoryEvent[]): RunState {
  try {
    const state = foldHistory({ runId, namespace }, history);
    if (!isTerminal(state.status)) throw invalidHistory(state.seq, 'the run has not ended');
    return state;
  } catch (error) {
    if (error instanceof BrokenHistoryError) throw invalidHistory(error.seq, error.message, error);
    throw error;
  }
}

/** The graph that the run ran: that of the workflow, or for a child run one within it. */
function graphOf(plan: Plan, state: RunState): Plan {
  try {
    const graph = planAt(plan, state.bodyPath);
    const stranger = [...state.nodes.values()].find(({ id }) => !graph.nodes.has(id) && !graph.compensations.has(id));
    if (stranger === undefined) return graph;
    throw invalidHistory(stranger.endedSeq, `the definition has no node ${stranger.id}`);
  } catch (error) {
    if (error instanceof RangeError) throw invalidHistory(1, error.message, error);
    throw error;
  }
}

/** H4. A version number means nothing where another definition has it. */
async function withDefinition(
  { workflows }: ImportRunDependencies,
  { namespace, history }: ImportRequest,
  { definition }: ParsedWorkflow,
): Promise<readonly HistoryEvent[]> {
  const [first, ...rest] = history;
  if (first === undefined || first.event.kind !== 'run_started' || definition === undefined) return history;
  const { workflowId, workflowVersion, definition: own } = first.event;
  if (own !== undefined) {
    if (canonicalJson(own.value) === canonicalJson(definitionJson(definition))) return history;
    throw invalidHistory(1, 'the run carries another definition than the one it was sent with');
  }
  const stored = workflowVersion === 0 ? undefined : await workflows.get(namespace, workflowId, workflowVersion);
  if (stored?.digest === digestOf(definition)) return history;
  const kept = Payload.fromValue(definitionJson(definition));
  return [{ ...first, event: { ...first.event, workflowVersion: 0, definition: kept } }, ...rest];
}

/** What is not JSON, or too large, would be found only when somebody reads it. */
function checkPayloads(history: readonly HistoryEvent[]): void {
  for (const { seq, occurredAtMs, event } of history) {
    if (occurredAtMs <= 0) throw invalidHistory(seq, 'the event has no occurred_at');
    for (const payload of payloadsOf(event)) {
      if (payload.bytes.byteLength > MAX_PAYLOAD_BYTES) {
        throw invalidHistory(seq, `a payload has more than ${MAX_PAYLOAD_BYTES} bytes of JSON`);
      }
      try {
        void payload.value;
      } catch (error) {
        throw invalidHistory(seq, 'a payload is not JSON', error);
      }
    }
  }
}

function checkMemo([first]: readonly HistoryEvent[]): void {
  const memo = first?.event.kind === 'run_started' ? first.event.memo?.value : undefined;
  if (memo === undefined) return;
  const problem = isJsonObject(memo) ? memoProblem(memo) : 'give an object';
  if (problem !== undefined) throw invalidHistory(1, `memo: ${problem}`);
}

function payloadsOf(event: RunEvent): Payload[] {
  const holders = Object.values(event).filter((field) => typeof field === 'object' && field !== null);
  return holders.flatMap((field: object) => {
    if (field instanceof Payload) return [field];
    return 'output' in field && field.output instanceof Payload ? [field.output] : [];
  });
}

/** Events of one time were one transition, as far as anybody can tell. */
const MAX_EVENTS_A_ROW = 1000;

function archived(
  { namespace, runId }: ImportRequest,
  commitId: string,
  state: RunState,
  history: readonly HistoryEvent[],
): ArchivedRun {
  const groups: HistoryEvent[][] = [];
  for (const entry of history) {
    const last = groups.at(-1);
    const isSame = last?.[0]?.occurredAtMs === entry.occurredAtMs && last.length < MAX_EVENTS_A_ROW;
    if (last !== undefined && isSame) last.push(entry);
    else groups.push([entry]);
  }
  const payloads: StoredPayload[] = [];
  const transitions = groups.map((group) => {
    const occurredAtMs = group[0]?.occurredAtMs ?? 0;
    const claimed = claimPayloads(encodeTransition({ occurredAtMs, events: group.map(({ event }) => event) }));
    payloads.push(...claimed.payloads);
    return { firstSeq: group[0]?.seq ?? 0, eventCount: group.length, body: claimed.body };
  });
  const { workflowId, workflowVersion, createdAtMs, labels, searchAttributes, sessionId, parent } = state;
  const found = { labels, searchAttributes, memo: memoOf(state), sessionId };
  const start = { workflowId, workflowVersion, createdAtMs, ...found, parent };
  return { commitId, namespace, runId, start, end: endOf(state), transitions, payloads };
}

/** The run when its large payloads are where they belong: objects come before the rows that name them. */
async function shelved({ objects }: ImportRunDependencies, run: ArchivedRun): Promise<ArchivedRun> {
  if (objects === undefined || run.payloads.length === 0) return run;
  const texts = run.payloads.flatMap(({ digest, json }) => (json === undefined ? [] : [{ digest, json }]));
  await objects.put(run, texts);
  return { ...run, payloads: run.payloads.map(({ digest }) => ({ digest, json: undefined })) };
}

/** A history that no run can have. */
export function invalidHistory(seq: number, message: string, cause?: unknown) {
  return skeinError({
    reason: 'INVALID_HISTORY',
    code: Code.InvalidArgument,
    message,
    place: `events[${Math.max(0, seq - 1)}]`,
    remedy: 'import a file as `skein runs export` wrote it, of a run that has ended',
    ...(cause === undefined ? {} : { cause }),
  });
}

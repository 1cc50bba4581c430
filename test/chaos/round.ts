/**
 * One round: a load, faults in the middle of it, the way back to rest, and what the checker says.
 *
 * R1. A round has a namespace of its own: nothing of other rounds is in what it checks.
 * R2. It is given up, and that is a violation, when its runs have not ended RECOVERY_MS after everything is whole again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@skein/testkit';
import { readJournal } from './agents/journal.ts';
import { check } from './checker/check.ts';
import { deletedRuns, orphanedRuns } from './checker/deletions.ts';
import { gatherRuns, knownCallLimits, openRuns, outboxRows, slotsInUse } from './checker/gather.ts';
import type { RoundHistory, StoredRun, Violation } from './checker/history.ts';
import { StallWatch } from './checker/stalls.ts';
import type { RoundPlan } from './faults/plan.ts';
import { silencesOf, unleash, type Happened } from './faults/timeline.ts';
import { prepare } from './load/apply.ts';
import { sing, type CanaryRun } from './load/canary.ts';
import { CALL_LIMITS } from './load/graphs/crowded.ts';
import type { Surroundings } from './load/client.ts';
import { placeOrders } from './load/place-orders.ts';
import { placeSchedules, schedulesDone } from './load/schedule.ts';
import type { ChaosSet } from './set/chaos-set.ts';

/** Longest wait for every run to end, after the last fault is undone, in milliseconds. */
const RECOVERY_MS = 60_000;
/** Longest wait for the outbox to empty after that. */
const OUTBOX_MS = 20_000;
/** Longest wait for every slot to come back after that. */
const SLOTS_MS = 10_000;
/** Time in which the canary sings on after the last run has ended. */
const REST_MS = 300;

/** A round that is over. */
export interface RoundResult {
  readonly plan: RoundPlan;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly faults: readonly Happened[];
  readonly canary: readonly CanaryRun[];
  readonly history: RoundHistory;
  readonly violations: readonly Violation[];
}

/** Plays a round on a set. */
export async function playRound(set: ChaosSet, plan: RoundPlan): Promise<RoundResult> {
  const namespace = `round-${plan.round}`;
  const prefix = `${plan.seed}-${plan.round}`;
  await prepare(set.clients, namespace, set.agents);
  await limitsKnown(set, namespace);
  const giveUp = new AbortController();
  const hurt = Promise.withResolvers<void>();
  const around: Surroundings = { clients: set.clients, namespace, signal: giveUp.signal, hurt: hurt.promise };
  await using watch = new StallWatch(set.sql);
  const startedAtMs = Date.now();
  const schedules = await placeSchedules(around, prefix, startedAtMs + plan.loadMs);
  const placed = placeOrders(around, plan.orders, prefix);
  const silence = new AbortController();
  const canary = sing(around, prefix, silence.signal);
  const faults = await unleash(set, plan.faults, hurt.resolve);
  const leftMs = (): number => Math.max(0, startedAtMs + plan.loadMs + RECOVERY_MS - Date.now());
  await within(placed.done, leftMs());
  await schedulesDone(around, schedules, leftMs());
  await delay(REST_MS);
  silence.abort();
  await within(canary, RECOVERY_MS);
  await everyRunEnded(set, namespace, leftMs());
  await outboxEmpty(set);
  await slotsFree(set, namespace);
  await deletionsDone(set, namespace);
  const runs = await gatherRuns({ ...around, sql: set.sql, signal: AbortSignal.timeout(RECOVERY_MS) });
  giveUp.abort();
  await placed.done;
  const calls = (await readJournal(set.agents.journalPath)).filter(({ runId }) => runs.has(runId));
  const history: RoundHistory = {
    size: set.size,
    records: placed.records,
    schedules,
    runs: await askedAgain(set, namespace, runs),
    calls,
    silences: silencesOf(faults),
    held: faults.filter(({ holds }) => holds),
    stalls: watch.stalls,
    unaskedEnds: takeUnaskedEnds(set),
    outboxLeft: await outboxRows(set.sql),
    slotsLeft: await slotsInUse(set.sql, namespace),
    deletions: await deletedRuns(set.sql, namespace),
    observedUntilMs: Date.now(),
  };
  const violations = check(history);
  return { plan, startedAtMs, endedAtMs: Date.now(), faults, canary: await canary, history, violations };
}

/** Waits for something, but not longer than that. */
async function within(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  const limit = new AbortController();
  await Promise.race([work, delay(Math.max(0, timeoutMs), undefined, { signal: limit.signal }).catch(() => undefined)]);
  limit.abort();
}

/** Child runs may outlive the runs that they were for, a little. What is open in the end is for the checker to say. */
async function everyRunEnded(set: ChaosSet, namespace: string, timeoutMs: number): Promise<void> {
  const haveEnded = async (): Promise<boolean> => (await openRuns(set.sql, namespace)) === 0;
  await eventually(haveEnded, { describe: 'every run to end', timeoutMs }).catch(() => undefined);
}

/** What is left in it in the end is for the checker to say. */
async function outboxEmpty(set: ChaosSet): Promise<void> {
  const isEmpty = async (): Promise<boolean> => (await outboxRows(set.sql)) === 0;
  await eventually(isEmpty, { describe: 'the outbox to empty', timeoutMs: OUTBOX_MS }).catch(() => undefined);
}

/** What is held in the end is for the checker to say. */
async function slotsFree(set: ChaosSet, namespace: string): Promise<void> {
  const areFree = async (): Promise<boolean> => (await slotsInUse(set.sql, namespace)) === 0;
  await eventually(areFree, { describe: 'every slot to come back', timeoutMs: SLOTS_MS }).catch(() => undefined);
}

/** The agents' limits reach the schedulers by way of the registry. */
async function limitsKnown(set: ChaosSet, namespace: string): Promise<void> {
  const areKnown = async (): Promise<boolean> => (await knownCallLimits(set.sql, namespace)) === CALL_LIMITS.length;
  await eventually(areKnown, { describe: 'the limits of the agents to be known', timeoutMs: RECOVERY_MS });
}

/** What is left of deleted runs in the end, and of their child runs, is for the checker to say. */
async function deletionsDone(set: ChaosSet, namespace: string): Promise<void> {
  const areDone = async (): Promise<boolean> =>
    (await orphanedRuns(set.sql, namespace)) === 0 &&
    (await deletedRuns(set.sql, namespace)).every(({ isConfirmed }) => isConfirmed);
  await eventually(areDone, { describe: 'deletions to be done', timeoutMs: OUTBOX_MS }).catch(() => undefined);
}

/** Ends must not change: every run is asked for once more. */
async function askedAgain(
  set: ChaosSet,
  namespace: string,
  runs: ReadonlyMap<string, StoredRun>,
): Promise<ReadonlyMap<string, StoredRun>> {
  const later = await gatherRuns({
    clients: set.clients,
    sql: set.sql,
    namespace,
    signal: AbortSignal.timeout(RECOVERY_MS),
  });
  return new Map(
    [...runs].map(([runId, run]) => [
      runId,
      { ...run, answers: [...run.answers, ...(later.get(runId)?.answers ?? [])] },
    ]),
  );
}

function takeUnaskedEnds(set: ChaosSet): RoundHistory['unaskedEnds'] {
  return [set.agents.member, ...set.members.values()].flatMap(({ unaskedEnds }) => unaskedEnds.splice(0));
}

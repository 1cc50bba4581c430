import type { SeededRandom } from '@skein/testkit';
import type { ScheduleRow } from '../../services/scheduler/src/app/schedules/schedule-store.ts';
import { runIdOfFire } from '../../services/scheduler/src/domain/schedule/derived.ts';
import { FireTimes } from '../../services/scheduler/src/domain/schedule/fire-times.ts';
import {
  newScheduleState,
  type OverlapPolicy,
  type ScheduleSpec,
} from '../../services/scheduler/src/domain/schedule/schedule.ts';
import { drawWork, type Case, type drawWorkflows } from './cases.ts';
import { EPOCH_MS } from './surroundings.ts';

/** A schedule, and what must become of the run of each of its fire times, if there is one. */
export interface SimulatedSchedule {
  readonly row: ScheduleRow;
  /** By run id, in the order of the fire times. */
  readonly cases: ReadonlyMap<string, Case>;
}

const POLICIES: readonly OverlapPolicy[] = [
  'skip',
  'buffer_one',
  'buffer_all',
  'cancel_other',
  'terminate_other',
  'allow_all',
];
const ENDS_OTHERS: ReadonlySet<OverlapPolicy> = new Set(['cancel_other', 'terminate_other']);
/** What neither a signal nor a decision is needed for. */
const UNATTENDED = new Set(['agent', 'local', 'map', 'loop', 'subworkflow', 'wait']);
const MAX_SCHEDULES = 3;
const MOST_PERIODS = 20;
const DAY_MS = 24 * 60 * 60_000;

/** Schedules that fire while the world is unkind, and a little longer. */
export function drawSchedules(
  random: SeededRandom,
  workflows: ReturnType<typeof drawWorkflows>,
  namespaces: readonly string[],
): SimulatedSchedule[] {
  const unattended = workflows.filter(({ plan }) =>
    [...plan.nodes.values()].every(({ work }) => UNATTENDED.has(work.kind)),
  );
  if (unattended.length === 0) return [];
  return Array.from({ length: random.integer(0, MAX_SCHEDULES) }, (_, index) => {
    const work = drawWork(random, random.pick(unattended));
    const key = { namespace: random.pick(namespaces), scheduleId: `schedule-${index + 1}` };
    const everyMs = random.pick([1000, 2000, 5000]);
    const spec: ScheduleSpec = {
      description: '',
      crons: [],
      timeZone: 'UTC',
      intervals: [{ everyMs, offsetMs: 0 }],
      jitterMs: random.pick([0, 0, 700]),
      startMs: EPOCH_MS + 1,
      endMs: EPOCH_MS + everyMs * random.integer(2, MOST_PERIODS),
      skip: { dates: [], crons: [] },
      overlap: random.pick(POLICIES),
      // None of them is missed.
      catchUpWindowMs: DAY_MS,
      action: {
        target: { kind: 'workflow', workflowId: work.plan.workflowId, version: 0 },
        input: work.input,
        labels: {},
        sessionId: '',
      },
    };
    const asked = {
      ...work,
      namespace: key.namespace,
      rightOutcome: ENDS_OTHERS.has(spec.overlap) ? undefined : work.rightOutcome,
      // There is nobody to answer.
      questionsOf: () => 0,
      callsOf: () => false,
      requestId: undefined,
      isCancelled: false,
      isPaused: false,
      isAwaited: false,
      fork: undefined,
    };
    const times = new FireTimes(spec, key).list(EPOCH_MS, MOST_PERIODS);
    return {
      row: {
        ...key,
        spec,
        state: newScheduleState(EPOCH_MS, ''),
        revision: 1,
        writeSeq: 1,
        nextFireMs: times[0]?.fireMs,
        checkAtMs: times[0]?.dueMs,
        createdAtMs: EPOCH_MS,
        updatedAtMs: EPOCH_MS,
        requestId: '',
        requestDigest: '',
      },
      cases: new Map(times.map(({ fireMs }) => [runIdOfFire(key, fireMs), { ...asked }])),
    };
  });
}

const AT_ONCE: ReadonlySet<OverlapPolicy> = new Set(['allow_all', 'cancel_other', 'terminate_other']);
const SKIPS: ReadonlySet<OverlapPolicy> = new Set(['skip', 'buffer_one']);
/** By how much the clocks of two schedulers may differ. */
const CLOCKS_MS = 1000;

/** When a run was made and when it ended. */
export interface Lifetime {
  readonly createdAtMs: number;
  readonly endedAtMs: number;
}

/** What is wrong about the runs that a schedule has started; `lifetimeOf` answers undefined for a run that is not there. */
export function checkFires(
  { row, cases }: SimulatedSchedule,
  lifetimeOf: (runId: string) => Lifetime | undefined,
): string | undefined {
  const { spec, scheduleId } = row;
  const { overlap } = spec;
  const lifetimes = [...cases.keys()].map(lifetimeOf);
  const started = lifetimes.filter((it) => it !== undefined);
  if (started.length < (SKIPS.has(overlap) ? 1 : lifetimes.length)) {
    return `${scheduleId} (${overlap}) started ${started.length} of ${lifetimes.length} runs`;
  }
  if (AT_ONCE.has(overlap)) return undefined;
  const overlapping = started.findIndex(({ createdAtMs }, index) => {
    const before = started[index - 1];
    return before !== undefined && createdAtMs < before.endedAtMs - CLOCKS_MS;
  });
  return overlapping < 0 ? undefined : `${scheduleId} (${overlap}) started run ${overlapping} while another was open`;
}

import { create } from '@bufbuild/protobuf';
import {
  FireKind as KindMessage,
  FireOutcome,
  FireSkipReason,
  ScheduleFireSchema,
  ScheduleSchema,
  type Schedule,
  type ScheduleFire,
} from '@skein/contracts/scheduler';
import { failureToMessage, timestampOfMs } from '@skein/events';
import type { ScheduleRow } from '../../app/schedules/schedule-store.ts';
import { FireTimes } from '../../domain/schedule/fire-times.ts';
import type { Fire, FireKind, SettledFire, SkipReason } from '../../domain/schedule/schedule.ts';
import { specToMessage } from './schedule-spec.ts';

const NEXT_TIMES = 5;

const KINDS: Readonly<Record<FireKind, KindMessage>> = {
  time: KindMessage.TIME,
  trigger: KindMessage.TRIGGER,
  backfill: KindMessage.BACKFILL,
};
const OUTCOMES: Readonly<Record<SettledFire['outcome'], FireOutcome>> = {
  started: FireOutcome.STARTED,
  skipped: FireOutcome.SKIPPED,
  failed: FireOutcome.FAILED,
};
const SKIP_REASONS: Readonly<Record<SkipReason, FireSkipReason>> = {
  overlap: FireSkipReason.OVERLAP,
  buffer_full: FireSkipReason.BUFFER_FULL,
  missed: FireSkipReason.MISSED,
};

/** A schedule in full. `ended`: runs that have ended since it was looked at; `nowMs`: what its next times come after. */
export function scheduleToMessage(row: ScheduleRow, ended: ReadonlySet<string>, nowMs: number): Schedule {
  const next = row.state.isPaused ? [] : new FireTimes(row.spec, row).list(nowMs, NEXT_TIMES);
  return create(ScheduleSchema, {
    ...summaryOf(row),
    spec: specToMessage(row.spec, true),
    nextFireTimes: next.map(({ fireMs }) => timestampOfMs(fireMs)),
    runningRunIds: row.state.running.map(({ runId }) => runId).filter((runId) => !ended.has(runId)),
  });
}

/** A schedule as lists show it. */
export function scheduleToListed(row: ScheduleRow, ended: ReadonlySet<string>): Schedule {
  return create(ScheduleSchema, {
    ...summaryOf(row),
    spec: specToMessage(row.spec, false),
    nextFireTimes: row.nextFireMs === undefined ? [] : [timestampOfMs(row.nextFireMs)],
    runningRunIds: row.state.running.map(({ runId }) => runId).filter((runId) => !ended.has(runId)),
  });
}

/** What has become of a fire of a schedule. */
export function fireToMessage({ state }: ScheduleRow, fire: Fire): ScheduleFire {
  const settled = state.recent.find(({ runId }) => runId === fire.runId);
  if (settled !== undefined) return settledToMessage(settled);
  const outcome = state.pending.some(({ runId }) => runId === fire.runId)
    ? FireOutcome.STARTING
    : state.buffered.some(({ runId }) => runId === fire.runId)
      ? FireOutcome.BUFFERED
      : FireOutcome.STARTED;
  const runId = outcome === FireOutcome.STARTED ? fire.runId : '';
  return create(ScheduleFireSchema, { fireTime: timestampOfMs(fire.fireMs), kind: KINDS[fire.kind], outcome, runId });
}

function summaryOf({ namespace, scheduleId, state, ...row }: ScheduleRow) {
  return {
    namespace,
    scheduleId,
    revision: BigInt(row.revision),
    paused: state.isPaused,
    pauseReason: state.pauseReason,
    createdAt: timestampOfMs(row.createdAtMs),
    updatedAt: timestampOfMs(row.updatedAtMs),
    recentFires: state.recent.map(settledToMessage),
    bufferedCount: state.buffered.length,
    backfillCount: state.backfills.length,
  };
}

function settledToMessage(fire: SettledFire): ScheduleFire {
  const { kind, fireMs, decidedMs, outcome, runId, skipReason, failure, missedUntilMs } = fire;
  return create(ScheduleFireSchema, {
    fireTime: timestampOfMs(fireMs),
    kind: KINDS[kind],
    outcome: OUTCOMES[outcome],
    decidedAt: timestampOfMs(decidedMs),
    runId: outcome === 'started' ? runId : '',
    ...(skipReason === undefined ? {} : { skipReason: SKIP_REASONS[skipReason] }),
    ...(failure === undefined ? {} : { failure: failureToMessage({ ...failure, retryable: false }) }),
    ...(missedUntilMs === undefined ? {} : { missedUntil: timestampOfMs(missedUntilMs) }),
  });
}

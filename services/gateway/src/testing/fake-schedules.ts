import { create } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import {
  FireKind,
  FireOutcome,
  ScheduleSchema,
  ScheduleService,
  type Schedule,
  type TriggerScheduleRequest,
} from '@skein/contracts/scheduler';
import { timestampOfMs } from '@skein/events';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';
import { FIRST_EVENT_MS } from './fake-events.ts';

const TIME = timestampOfMs(FIRST_EVENT_MS);

/** Schedules that never fire by themselves. */
export class FakeSchedules {
  readonly #schedules = new Map<string, Schedule>();
  /** Triggers as they came in. */
  readonly triggers: TriggerScheduleRequest[] = [];

  readonly binding: ServiceBinding = bind(ScheduleService, {
    createSchedule: ({ scheduleId, spec, pauseReason }) => {
      const earlier = this.#schedules.get(scheduleId);
      const schedule = create(ScheduleSchema, {
        namespace: 'default',
        scheduleId,
        ...(spec === undefined ? {} : { spec }),
        revision: 1n,
        paused: pauseReason !== '',
        pauseReason,
        createdAt: TIME,
        updatedAt: TIME,
        nextFireTimes: [TIME],
      });
      this.#schedules.set(scheduleId, schedule);
      return { schedule, created: earlier === undefined };
    },
    getSchedule: ({ scheduleId }) => ({ schedule: this.#find(scheduleId) }),
    listSchedules: () => ({ schedules: [...this.#schedules.values()] }),
    updateSchedule: ({ scheduleId, spec, revision }) => {
      const schedule = this.#find(scheduleId);
      if (revision !== 0n && revision !== schedule.revision) {
        throw skeinError({ reason: 'SCHEDULE_CHANGED', code: Code.Aborted, message: 'it has changed' });
      }
      if (spec !== undefined) schedule.spec = spec;
      schedule.revision += 1n;
      return { schedule };
    },
    deleteSchedule: ({ scheduleId }) => {
      this.#schedules.delete(this.#find(scheduleId).scheduleId);
      return {};
    },
    pauseSchedule: ({ scheduleId, reason }) => {
      const schedule = Object.assign(this.#find(scheduleId), { paused: true, pauseReason: reason });
      return { schedule };
    },
    resumeSchedule: ({ scheduleId }) => {
      const schedule = Object.assign(this.#find(scheduleId), { paused: false, pauseReason: '' });
      return { schedule };
    },
    triggerSchedule: (request) => {
      this.#find(request.scheduleId);
      this.triggers.push(request);
      const fire = { fireTime: TIME, decidedAt: TIME, kind: FireKind.TRIGGER, outcome: FireOutcome.STARTED };
      return { fire: { ...fire, runId: '01a1fcd3-853f-7648-a691-43958cca9465' } };
    },
    backfillSchedule: ({ scheduleId }) => ({ schedule: this.#find(scheduleId), fireCount: 3 }),
    listScheduleTimes: ({ of, count, after }) => {
      if (of.case === 'scheduleId') this.#find(of.value);
      const time = { fireTime: after ?? TIME, dueTime: after ?? TIME };
      return { times: Array.from({ length: count === 0 ? 10 : count }, () => time) };
    },
  });

  #find(scheduleId: string): Schedule {
    const schedule = this.#schedules.get(scheduleId);
    if (schedule !== undefined) return schedule;
    throw skeinError({ reason: 'SCHEDULE_NOT_FOUND', code: Code.NotFound, message: `no schedule ${scheduleId}` });
  }
}

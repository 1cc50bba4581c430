import { Code } from '@connectrpc/connect';
import { skeinError } from '@skein/rpc';
import type { SpecProblem } from '../../domain/schedule/check-spec.ts';
import type { ScheduleKey } from '../../domain/schedule/schedule.ts';

/** No such schedule in this namespace. */
export function scheduleNotFound({ namespace, scheduleId }: ScheduleKey) {
  return skeinError({
    reason: 'SCHEDULE_NOT_FOUND',
    code: Code.NotFound,
    message: `namespace ${namespace} has no schedule ${scheduleId}`,
    place: 'schedule_id',
    remedy: '`skein schedules list` shows what there is',
  });
}

/** The id is taken. */
export function scheduleExists({ namespace, scheduleId }: ScheduleKey) {
  return skeinError({
    reason: 'SCHEDULE_EXISTS',
    code: Code.AlreadyExists,
    message: `namespace ${namespace} has a schedule ${scheduleId} already`,
    place: 'schedule_id',
    remedy: 'change it by `skein schedules update`, or give another id',
  });
}

/** Somebody came first. */
export function scheduleChanged({ scheduleId }: ScheduleKey, revision: number) {
  return skeinError({
    reason: 'SCHEDULE_CHANGED',
    code: Code.Aborted,
    message: `schedule ${scheduleId} has revision ${revision} by now`,
    place: 'revision',
    remedy: 'read it again, and decide again what it should be',
  });
}

/** The request id belongs to another request. */
export function requestIdReused(requestId: string, scheduleId: string) {
  return skeinError({
    reason: 'REQUEST_ID_REUSED',
    code: Code.AlreadyExists,
    message: `request_id ${requestId} was used before with a different request, which made schedule ${scheduleId}`,
    place: 'request_id',
    remedy: 'give every different request an id of its own',
  });
}

/** Everything that is wrong with a spec. */
export function invalidSpec(problems: readonly SpecProblem[]) {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return skeinError({
    reason: 'INVALID_FIELD',
    code: Code.InvalidArgument,
    message: `${first?.field ?? 'spec'}: ${first?.description ?? ''}${more}`,
    place: first?.field ?? 'spec',
    remedy: first?.description ?? 'correct the spec',
    violations: problems.map(({ field, description }) => ({ field, description, reason: 'INVALID_VALUE' })),
  });
}

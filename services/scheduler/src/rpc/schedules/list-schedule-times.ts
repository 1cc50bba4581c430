import type { MethodImpl } from '@connectrpc/connect';
import type { ListScheduleTimesRequest, ScheduleService } from '@skein/contracts/scheduler';
import { msOfTimestamp, timestampOfMs } from '@skein/events';
import { getSchedule, timesOf } from '../../app/schedules/schedules.ts';
import type { FireTime } from '../../domain/schedule/fire-times.ts';
import { invalidField } from '../request-fields.ts';
import { keyOf } from './schedule-fields.ts';
import type { ScheduleRpcParts } from './schedule-rpc-parts.ts';
import { timesSpecOf } from './schedule-spec.ts';

const DEFAULT_COUNT = 10;
const MAX_COUNT = 1000;

/** ScheduleService.ListScheduleTimes. */
export function listScheduleTimesRpc(
  parts: ScheduleRpcParts,
): MethodImpl<typeof ScheduleService.method.listScheduleTimes> {
  return async (request) => {
    const times = (await askedTimes(parts, request)).map(({ fireMs, dueMs }) => ({
      fireTime: timestampOfMs(fireMs),
      dueTime: timestampOfMs(dueMs),
    }));
    return { times };
  };
}

async function askedTimes(
  parts: ScheduleRpcParts,
  { namespace, of, after, count }: ListScheduleTimesRequest,
): Promise<readonly FireTime[]> {
  if (count < 0 || count > MAX_COUNT) throw invalidField('count', `give 1 to ${MAX_COUNT}, or 0 for ${DEFAULT_COUNT}`);
  const afterMs = after === undefined ? parts.nowMs() : Math.round(msOfTimestamp(after));
  const most = count === 0 ? DEFAULT_COUNT : count;
  switch (of.case) {
    case 'scheduleId': {
      const key = keyOf({ namespace, scheduleId: of.value });
      const { spec } = await getSchedule(parts, key);
      return timesOf(spec, afterMs, most, key);
    }
    case 'spec':
      return timesOf(timesSpecOf(of.value), afterMs, most);
    case undefined:
      throw invalidField('schedule_id', 'give schedule_id or spec', 'REQUIRED');
  }
}

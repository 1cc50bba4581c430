/** Fields of requests about schedules. */
import { OverlapPolicy as OverlapMessage } from '@skein/contracts/scheduler';
import type { OverlapPolicy, ScheduleKey } from '../../domain/schedule/schedule.ts';
import { bounded, invalidField, namespaceOf, required } from '../request-fields.ts';

const SCHEDULE_ID = /^[A-Za-z0-9_.-]{1,128}$/;

const OVERLAPS: Readonly<Record<OverlapMessage, OverlapPolicy | undefined>> = {
  [OverlapMessage.UNSPECIFIED]: undefined,
  [OverlapMessage.SKIP]: 'skip',
  [OverlapMessage.BUFFER_ONE]: 'buffer_one',
  [OverlapMessage.BUFFER_ALL]: 'buffer_all',
  [OverlapMessage.CANCEL_OTHER]: 'cancel_other',
  [OverlapMessage.TERMINATE_OTHER]: 'terminate_other',
  [OverlapMessage.ALLOW_ALL]: 'allow_all',
};

/** The schedule that a request names. */
export function keyOf(request: { readonly namespace: string; readonly scheduleId: string }): ScheduleKey {
  const scheduleId = required('schedule_id', request.scheduleId);
  if (!SCHEDULE_ID.test(scheduleId)) {
    throw invalidField('schedule_id', 'give 1 to 128 letters, digits, dots, hyphens and underscores');
  }
  return { namespace: namespaceOf(request.namespace), scheduleId };
}

/** An overlap policy; undefined where none is given. */
export function overlapOf(overlap: OverlapMessage, field: string): OverlapPolicy | undefined {
  if (!(overlap in OVERLAPS)) throw invalidField(field, 'give a policy that this version knows');
  return OVERLAPS[overlap];
}

/** A policy as the wire has it. */
export function overlapMessage(overlap: OverlapPolicy): OverlapMessage {
  const found = Object.entries(OVERLAPS).find(([, policy]) => policy === overlap);
  return Number(found?.[0] ?? OverlapMessage.UNSPECIFIED) as OverlapMessage;
}

/** A reason for people. */
export function reasonOf(field: string, reason: string): string {
  return bounded(field, reason, 1024);
}

/** A request id; empty where none is given. */
export function requestIdOf(requestId: string): string {
  return bounded('request_id', requestId, 256);
}

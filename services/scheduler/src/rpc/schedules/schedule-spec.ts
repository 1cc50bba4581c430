/** Specs between the wire and the domain. What the times must be is said by the domain (check-spec.ts). */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import {
  ScheduleActionSchema,
  ScheduleSpecSchema,
  type ScheduleAction as ActionMessage,
  type ScheduleSpec as SpecMessage,
} from '@skein/contracts/scheduler';
import { MAX_PAYLOAD_BYTES } from '@skein/domain';
import {
  durationOfMs,
  jsonOfValue,
  msOfDuration,
  msOfTimestamp,
  searchAttributesToMessages,
  timestampOfMs,
  valueOfJson,
} from '@skein/events';
import type { ScheduleAction, ScheduleSpec, TimesSpec } from '../../domain/schedule/schedule.ts';
import { bounded, invalidField, labelsOf, memoOf, searchAttributesOf } from '../request-fields.ts';
import { fairnessKeyOf, priorityOf, targetOf } from '../start-run.ts';
import { overlapMessage, overlapOf } from './schedule-fields.ts';

const DAY_MS = 86_400_000;
const DEFAULT_CATCH_UP_MS = 600_000;
/** Two more are the scheduler's. */
const MAX_LABELS = 62;

/** A spec as a request has it. @throws INVALID_FIELD */
export function specOf(spec: SpecMessage | undefined): ScheduleSpec {
  if (spec === undefined) throw invalidField('spec', 'say when and what', 'REQUIRED');
  const catchUpWindowMs = msOfDuration(spec.catchUpWindow) ?? DEFAULT_CATCH_UP_MS;
  if (catchUpWindowMs < 10_000 || catchUpWindowMs > 365 * DAY_MS) {
    throw invalidField('spec.catch_up_window', 'give 10 s to 365 d');
  }
  return {
    ...timesSpecOf(spec),
    description: bounded('spec.description', spec.description, 1024),
    overlap: overlapOf(spec.overlap, 'spec.overlap') ?? 'skip',
    catchUpWindowMs: Math.round(catchUpWindowMs),
    action: actionOf(spec.action),
  };
}

/** The times of a spec, whatever it does. */
export function timesSpecOf(spec: SpecMessage): TimesSpec {
  return {
    crons: spec.crons.map((cron) => cron.trim()),
    timeZone: spec.timeZone || 'UTC',
    intervals: spec.intervals.map(({ every, offset }) => ({
      everyMs: Math.round(msOfDuration(every) ?? 0),
      offsetMs: Math.round(msOfDuration(offset) ?? 0),
    })),
    jitterMs: Math.round(msOfDuration(spec.jitter) ?? 0),
    startMs: timeOrNull(spec.startTime),
    endMs: timeOrNull(spec.endTime),
    skip: {
      dates: (spec.skip?.dates ?? []).map(({ first, last }) => ({ first, last: last || first })),
      crons: (spec.skip?.crons ?? []).map((cron) => cron.trim()),
    },
  };
}

/** A spec as answers show it. Lists leave the input out. */
export function specToMessage(spec: ScheduleSpec, withInput: boolean): SpecMessage {
  const { dates, crons } = spec.skip;
  return create(ScheduleSpecSchema, {
    description: spec.description,
    crons: [...spec.crons],
    timeZone: spec.timeZone,
    intervals: spec.intervals.map(({ everyMs, offsetMs }) => ({
      every: durationOfMs(everyMs),
      ...(offsetMs === 0 ? {} : { offset: durationOfMs(offsetMs) }),
    })),
    ...(spec.jitterMs === 0 ? {} : { jitter: durationOfMs(spec.jitterMs) }),
    ...(spec.startMs === null ? {} : { startTime: timestampOfMs(spec.startMs) }),
    ...(spec.endMs === null ? {} : { endTime: timestampOfMs(spec.endMs) }),
    ...(dates.length + crons.length === 0
      ? {}
      : { skip: { dates: dates.map((it) => ({ ...it })), crons: [...crons] } }),
    overlap: overlapMessage(spec.overlap),
    catchUpWindow: durationOfMs(spec.catchUpWindowMs),
    action: actionToMessage(spec.action, withInput),
  });
}

function timeOrNull(time: Timestamp | undefined): number | null {
  return time === undefined ? null : Math.round(msOfTimestamp(time));
}

function actionOf(action: ActionMessage | undefined): ScheduleAction {
  if (action === undefined) throw invalidField('spec.action', 'say what to start', 'REQUIRED');
  const input = action.input === undefined ? {} : jsonOfValue(action.input);
  if (Buffer.byteLength(JSON.stringify(input)) > MAX_PAYLOAD_BYTES) {
    throw invalidField('spec.action.input', 'give at most 1 MiB of JSON: pass a reference to the data');
  }
  if (Object.keys(action.labels).length > MAX_LABELS) {
    throw invalidField('spec.action.labels', `give at most ${MAX_LABELS} pairs`);
  }
  return {
    target: targetOf(action.target),
    input,
    labels: labelsOf(action.labels),
    sessionId: bounded('spec.action.session_id', action.sessionId, 256),
    ...besidesOf(action),
  };
}

/** What has a default is left out, so that a spec that does not name it is what it was before there was any. */
function besidesOf(action: ActionMessage): Partial<ScheduleAction> {
  const searchAttributes = searchAttributesOf(action.searchAttributes);
  const memo = memoOf(action.memo);
  const priority = priorityOf(action.priority, 'spec.action.priority');
  const fairnessKey = fairnessKeyOf(action.fairnessKey, 'spec.action.fairness_key');
  return {
    ...(Object.keys(searchAttributes).length === 0 ? {} : { searchAttributes }),
    ...(memo === undefined ? {} : { memo }),
    ...(priority === undefined ? {} : { priority }),
    ...(fairnessKey === undefined ? {} : { fairnessKey }),
  };
}

function actionToMessage(action: ScheduleAction, withInput: boolean): ActionMessage {
  const { target, input, labels, sessionId, searchAttributes = {}, memo, priority = 0, fairnessKey = '' } = action;
  return create(ScheduleActionSchema, {
    target: targetToMessage(target),
    ...(withInput ? { input: valueOfJson(input) } : {}),
    labels: { ...labels },
    sessionId,
    searchAttributes: searchAttributesToMessages(searchAttributes),
    // JSON is what a struct holds; the types only spell it differently.
    ...(memo === undefined ? {} : { memo: memo as Record<string, never> }),
    priority,
    fairnessKey,
  });
}

function targetToMessage(
  target: ScheduleAction['target'],
): NonNullable<MessageInitShape<typeof ScheduleActionSchema>['target']> {
  switch (target.kind) {
    case 'workflow':
      return { case: 'workflow', value: { workflowId: target.workflowId, version: target.version } };
    case 'agent': {
      const { agentId, skillId, config } = target;
      return { case: 'agent', value: { agentId, skillId, config: config as Record<string, never> } };
    }
    case 'llm':
      return { case: 'llm', value: { model: target.model } };
    case 'tool':
      return { case: 'tool', value: { toolId: target.toolId } };
  }
}

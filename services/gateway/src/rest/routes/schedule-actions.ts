import {
  BackfillScheduleRequestSchema,
  ListScheduleTimesRequestSchema,
  OverlapPolicySchema,
  ScheduleFireSchema,
  ScheduleTimeSchema,
  TriggerScheduleRequestSchema,
  type ScheduleTime,
} from '@skein/contracts/scheduler';
import { enumWords } from '../../presentation/enum-word.ts';
import { ref, type JsonSchema } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { messageOfBody } from '../plain-body.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, query, type NamespaceQuery } from '../route-schema.ts';
import { named, SCHEDULE, SCHEDULE_PARAMS, shownSchedule, SPEC, type ScheduleParams } from './schedules.ts';

interface ActionRoute<Body = object> {
  Params: ScheduleParams;
  Querystring: NamespaceQuery;
  Body: Body;
}

const WORDS = enumWords(OverlapPolicySchema);

function overlap(description: string): JsonSchema {
  return { type: 'string', enum: [...WORDS, ...WORDS.map((word) => word.toLowerCase())], description };
}

const AFTER = { type: 'string', description: 'Times after this one, as RFC 3339. Default: now.' };
const COUNT = { type: 'integer', minimum: 1, maximum: 1000, description: 'At most this many. Default: 10.' };
const TIMES: JsonSchema = {
  description: 'The times, in their order.',
  ...fields({ times: { type: 'array', items: ref('ScheduleTime') } }, ['times']),
};

/** `POST /api/v1/schedules/:schedule_id/{pause,resume,trigger,backfill}`, and the two ways to ask for fire times. */
export function scheduleActionRoutes(app: RestApp, { schedules }: Clients): void {
  const tags = ['schedules'];
  const common = { params: SCHEDULE_PARAMS, querystring: query() };

  app.route<ActionRoute<{ reason?: string }>>({
    method: 'POST',
    url: '/api/v1/schedules/:schedule_id/pause',
    schema: {
      operationId: 'pauseSchedule',
      tags,
      summary: 'Let fire times pass without effect',
      ...common,
      body: {
        ...fields({ reason: { type: 'string', maxLength: 1024, description: 'Why, for people.' } }),
        examples: [{ reason: 'the data is being moved' }],
      },
      response: answers({ 200: SCHEDULE }),
    },
    async handler(request) {
      const { reason = '' } = request.body;
      const { schedule } = await schedules.pauseSchedule({ ...named(request), reason }, callOptions(request));
      return shownSchedule(schedule);
    },
  });

  app.route<ActionRoute>({
    method: 'POST',
    url: '/api/v1/schedules/:schedule_id/resume',
    schema: {
      operationId: 'resumeSchedule',
      tags,
      summary: 'End the pause',
      description: 'Fire times that have passed meanwhile are not made up for.',
      ...common,
      response: answers({ 200: SCHEDULE }),
    },
    async handler(request) {
      const { schedule } = await schedules.resumeSchedule(named(request), callOptions(request));
      return shownSchedule(schedule);
    },
  });

  app.route<ActionRoute>({
    method: 'POST',
    url: '/api/v1/schedules/:schedule_id/trigger',
    schema: {
      operationId: 'triggerSchedule',
      tags,
      summary: 'Fire now, paused or not',
      ...common,
      body: {
        ...fields({
          overlap: overlap('What to do while a run is open. Default: as the schedule says.'),
          request_id: { type: 'string', description: 'Makes the call idempotent among the last 20 with one.' },
        }),
        examples: [{ overlap: 'allow_all' }],
      },
      response: answers({ 200: { ...ref('ScheduleFire'), description: 'What became of it.' } }),
    },
    async handler(request) {
      const asked = messageOfBody(TriggerScheduleRequestSchema, request.body);
      const { fire } = await schedules.triggerSchedule({ ...asked, ...named(request) }, callOptions(request));
      if (fire === undefined) throw new Error('the scheduler answered a trigger without what became of it');
      return present(ScheduleFireSchema, fire);
    },
  });

  app.route<ActionRoute>({
    method: 'POST',
    url: '/api/v1/schedules/:schedule_id/backfill',
    schema: {
      operationId: 'backfillSchedule',
      tags,
      summary: 'Make up for fire times of the past',
      description: 'A fire time that was acted upon is not repeated.',
      ...common,
      body: {
        ...fields(
          {
            start_time: { type: 'string', description: 'The first time that counts, as RFC 3339.' },
            end_time: { type: 'string', description: 'Times from this one on do not count; at most now.' },
            overlap: overlap('What to do while a run is open. Default: BUFFER_ALL, one after the other.'),
          },
          ['start_time', 'end_time'],
        ),
        examples: [{ start_time: '2026-11-01T00:00:00Z', end_time: '2026-11-05T00:00:00Z' }],
      },
      response: answers({
        200: {
          description: 'It is stored and begins.',
          ...fields(
            { schedule: ref('Schedule'), fire_count: { type: 'integer', description: 'Fire times that it covers.' } },
            ['schedule', 'fire_count'],
          ),
        },
      }),
    },
    async handler(request) {
      const asked = messageOfBody(BackfillScheduleRequestSchema, request.body);
      const { schedule, fireCount } = await schedules.backfillSchedule(
        { ...asked, ...named(request) },
        callOptions(request),
      );
      return { schedule: shownSchedule(schedule), fire_count: fireCount };
    },
  });

  app.route<{ Params: ScheduleParams; Querystring: NamespaceQuery & { after?: string; count?: number } }>({
    method: 'GET',
    url: '/api/v1/schedules/:schedule_id/times',
    schema: {
      operationId: 'listScheduleTimes',
      tags,
      summary: 'The next fire times of a schedule, paused or not',
      params: SCHEDULE_PARAMS,
      querystring: query({ after: AFTER, count: COUNT }),
      response: answers({ 200: TIMES }),
    },
    async handler(request) {
      const { namespace, scheduleId } = named(request);
      const { after = null, count = 0 } = request.query;
      const asked = messageOfBody(ListScheduleTimesRequestSchema, { after, count, schedule_id: scheduleId });
      const { times } = await schedules.listScheduleTimes({ ...asked, namespace }, callOptions(request));
      return shownTimes(times);
    },
  });

  app.route<{ Querystring: NamespaceQuery; Body: object }>({
    method: 'POST',
    url: '/api/v1/schedules/times',
    schema: {
      operationId: 'previewScheduleTimes',
      tags,
      summary: 'The fire times of a spec that is stored nowhere',
      querystring: query(),
      body: {
        ...fields({ spec: SPEC, after: AFTER, count: COUNT }, ['spec']),
        examples: [{ spec: { crons: ['0 9 * * MON-FRI'], time_zone: 'Asia/Tokyo' }, count: 3 }],
      },
      response: answers({ 200: TIMES }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const asked = messageOfBody(ListScheduleTimesRequestSchema, request.body);
      const { times } = await schedules.listScheduleTimes({ ...asked, namespace }, callOptions(request));
      return shownTimes(times);
    },
  });
}

function shownTimes(times: readonly ScheduleTime[]): object {
  return { times: times.map((time) => present(ScheduleTimeSchema, time)) };
}

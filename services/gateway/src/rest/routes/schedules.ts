import { CreateScheduleRequestSchema, ScheduleSchema, UpdateScheduleRequestSchema } from '@skein/contracts/scheduler';
import type { Schedule } from '@skein/contracts/scheduler';
import { ref, type JsonSchema } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { messageOfBody } from '../plain-body.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pageOf, pageQuery, pageSchema, pathParams, query } from '../route-schema.ts';
import type { NamespaceQuery, PageQuery } from '../route-schema.ts';

/** Which schedule a path names. */
export interface ScheduleParams {
  readonly schedule_id: string;
}

export const SCHEDULE_PARAMS = pathParams({ schedule_id: 'The schedule.' });

/** A spec in a body: as it is shown, and as people write it. */
export const SPEC: JsonSchema = {
  type: 'object',
  additionalProperties: true,
  description:
    'As the schema ScheduleSpec shows it. Durations may be written `1h30m`, words in any case, and what has a default left out.',
};

/** An answer that is the schedule. */
export const SCHEDULE = { ...ref('Schedule'), description: 'The schedule as it is now.' };

const EXAMPLE_SPEC = {
  crons: ['30 2 * * MON-FRI'],
  time_zone: 'Europe/Berlin',
  skip: { dates: [{ first: '2026-12-24', last: '2026-12-26' }] },
  overlap: 'buffer_one',
  catch_up_window: '1h',
  action: { workflow: { workflow_id: 'nightly-report' }, input: { team: 'support' } },
};

/** `POST` and `GET /api/v1/schedules`; `GET`, `PUT` and `DELETE /api/v1/schedules/:schedule_id`. */
export function scheduleRoutes(app: RestApp, { schedules }: Clients): void {
  const tags = ['schedules'];

  app.route<{ Querystring: NamespaceQuery; Body: object }>({
    method: 'POST',
    url: '/api/v1/schedules',
    schema: {
      operationId: 'createSchedule',
      tags,
      summary: 'Make a schedule',
      description: 'Its first fire time is after now.',
      querystring: query(),
      body: {
        ...fields(
          {
            schedule_id: { type: 'string', description: 'Its id, `[A-Za-z0-9_.-]{1,128}`.' },
            spec: SPEC,
            request_id: { type: 'string', description: 'Makes the call idempotent while the schedule exists.' },
            pause_reason: { type: 'string', description: 'Make it paused, for this reason.' },
          },
          ['schedule_id', 'spec'],
        ),
        examples: [{ schedule_id: 'nightly-report', spec: EXAMPLE_SPEC }],
      },
      response: answers({
        200: { ...ref('Schedule'), description: 'The same request made it before.' },
        201: { ...ref('Schedule'), description: 'It is made.' },
      }),
    },
    async handler(request, reply) {
      const { namespace = '' } = request.query;
      const asked = messageOfBody(CreateScheduleRequestSchema, request.body);
      const { schedule, created } = await schedules.createSchedule({ ...asked, namespace }, callOptions(request));
      reply.status(created ? 201 : 200).header('location', `/api/v1/schedules/${asked.scheduleId}`);
      return shownSchedule(schedule);
    },
  });

  app.route<{ Querystring: PageQuery }>({
    method: 'GET',
    url: '/api/v1/schedules',
    schema: {
      operationId: 'listSchedules',
      tags,
      summary: 'List schedules in the order of their ids',
      querystring: pageQuery(),
      response: answers({ 200: pageSchema('schedules', 'Schedule', 'A page of schedules, without inputs.') }),
    },
    async handler(request) {
      const { namespace = '', page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const listed = await schedules.listSchedules({ namespace, pageSize, pageToken }, callOptions(request));
      return pageOf('schedules', listed.schedules.map(shownSchedule), listed.nextPageToken);
    },
  });

  app.route<{ Params: ScheduleParams; Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/schedules/:schedule_id',
    schema: {
      operationId: 'getSchedule',
      tags,
      summary: 'Get a schedule, its next fire times and what became of the last',
      params: SCHEDULE_PARAMS,
      querystring: query(),
      response: answers({ 200: SCHEDULE }),
    },
    async handler(request) {
      const { schedule } = await schedules.getSchedule(named(request), callOptions(request));
      return shownSchedule(schedule);
    },
  });

  app.route<{ Params: ScheduleParams; Querystring: NamespaceQuery; Body: object }>({
    method: 'PUT',
    url: '/api/v1/schedules/:schedule_id',
    schema: {
      operationId: 'updateSchedule',
      tags,
      summary: 'Replace the spec of a schedule',
      description: 'The new spec counts from now. Runs that are open and fires that wait stay.',
      params: SCHEDULE_PARAMS,
      querystring: query(),
      body: {
        ...fields(
          { spec: SPEC, revision: { type: 'integer', minimum: 1, description: 'Only if it still has this revision.' } },
          ['spec'],
        ),
        examples: [{ spec: EXAMPLE_SPEC, revision: 1 }],
      },
      response: answers({ 200: SCHEDULE }),
    },
    async handler(request) {
      const asked = messageOfBody(UpdateScheduleRequestSchema, request.body);
      const { schedule } = await schedules.updateSchedule({ ...asked, ...named(request) }, callOptions(request));
      return shownSchedule(schedule);
    },
  });

  app.route<{ Params: ScheduleParams; Querystring: NamespaceQuery }>({
    method: 'DELETE',
    url: '/api/v1/schedules/:schedule_id',
    schema: {
      operationId: 'deleteSchedule',
      tags,
      summary: 'Forget a schedule; its runs go on',
      params: SCHEDULE_PARAMS,
      querystring: query(),
      response: answers({ 204: { type: 'null', description: 'The schedule is forgotten.' } }),
    },
    async handler(request, reply) {
      await schedules.deleteSchedule(named(request), callOptions(request));
      return reply.status(204).send();
    },
  });
}

/** The schedule that a path means. */
export function named({
  query: { namespace = '' },
  params,
}: {
  readonly query: NamespaceQuery;
  readonly params: ScheduleParams;
}): { namespace: string; scheduleId: string } {
  return { namespace, scheduleId: params.schedule_id };
}

/** A schedule as REST shows it. */
export function shownSchedule(schedule: Schedule | undefined): object {
  if (schedule === undefined) throw new Error('the scheduler answered without the schedule');
  return present(ScheduleSchema, schedule);
}

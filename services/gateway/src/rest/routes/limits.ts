import { LimitSchema, SetLimitRequestSchema, type Limit } from '@skein/contracts/scheduler';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { messageOfBody } from '../plain-body.ts';
import type { RestApp } from '../rest-app.ts';
import {
  answers,
  durationSchema,
  fields,
  pageOf,
  pageQuery,
  pageSchema,
  pathParams,
  query,
  type NamespaceQuery,
  type PageQuery,
} from '../route-schema.ts';

interface LimitParams {
  readonly key: string;
}

const PARAMS = pathParams({
  key: '`namespace`, `workflow/ID`, `workflow/ID/VALUE` or `key/VALUE`, with `%2F` for each `/`.',
});
const LIMIT = { ...ref('Limit'), description: 'The limit as it is now.' };
const tags = ['limits'];

/** `GET /api/v1/limits`; `GET`, `PUT` and `DELETE /api/v1/limits/:key`. */
export function limitRoutes(app: RestApp, { limits }: Clients): void {
  app.route<{ Querystring: PageQuery }>({
    method: 'GET',
    url: '/api/v1/limits',
    schema: {
      operationId: 'listLimits',
      tags,
      summary: 'List limits that are set or in use, in the order of their keys',
      querystring: pageQuery(),
      response: answers({ 200: pageSchema('limits', 'Limit', 'A page of limits.') }),
    },
    async handler(request) {
      const { namespace = '', page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const listed = await limits.listLimits({ namespace, pageSize, pageToken }, callOptions(request));
      return pageOf('limits', listed.limits.map(shown), listed.nextPageToken);
    },
  });

  app.route<{ Params: LimitParams; Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/limits/:key',
    schema: {
      operationId: 'getLimit',
      tags,
      summary: 'Get a limit, and how many runs hold and wait',
      params: PARAMS,
      querystring: query(),
      response: answers({ 200: LIMIT }),
    },
    async handler(request) {
      return shown((await limits.getLimit(named(request), callOptions(request))).limit);
    },
  });

  app.route<{ Params: LimitParams; Querystring: NamespaceQuery; Body: object }>({
    method: 'PUT',
    url: '/api/v1/limits/:key',
    schema: {
      operationId: 'setLimit',
      tags,
      summary: 'Set a limit',
      description: 'It goes before what definitions say. Runs that hold a slot are not stopped by it.',
      params: PARAMS,
      querystring: query(),
      body: {
        ...fields({
          max_concurrency: { type: 'integer', description: 'Most runs at a time, 1 to 10,000.' },
          rate_limit: { type: 'integer', description: 'Most runs that begin per `rate_per`, 1 to 10,000.' },
          rate_per: durationSchema('The time of `rate_limit`.'),
        }),
        examples: [{ max_concurrency: 10, rate_limit: 100, rate_per: '1m' }],
      },
      response: answers({ 200: LIMIT }),
    },
    async handler(request) {
      const asked = messageOfBody(SetLimitRequestSchema, request.body);
      return shown((await limits.setLimit({ ...asked, ...named(request) }, callOptions(request))).limit);
    },
  });

  app.route<{ Params: LimitParams; Querystring: NamespaceQuery }>({
    method: 'DELETE',
    url: '/api/v1/limits/:key',
    schema: {
      operationId: 'deleteLimit',
      tags,
      summary: 'Take away a limit that was set',
      params: PARAMS,
      querystring: query(),
      response: answers({ 204: { type: 'null', description: 'It is gone.' } }),
    },
    async handler(request, reply) {
      await limits.deleteLimit(named(request), callOptions(request));
      reply.status(204);
    },
  });
}

function named({ params, query: { namespace = '' } }: { params: LimitParams; query: NamespaceQuery }) {
  return { namespace, key: params.key };
}

function shown(limit: Limit | undefined): object {
  if (limit === undefined) throw new Error('the scheduler answered without the limit');
  return present(LimitSchema, limit);
}

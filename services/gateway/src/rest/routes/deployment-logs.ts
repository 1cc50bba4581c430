import { exchangeOf } from '../../edge/exchange.ts';
import type { OpenStreams } from '../../edge/open-streams.ts';
import { errorAnswer } from '../../errors/error-body.ts';
import { followLogs } from '../../feed/log-feed.ts';
import { writeSse } from '../../feed/sse.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

interface LogRoute {
  Params: { readonly deployment_id: string };
  Querystring: NamespaceQuery & {
    readonly assignment_id?: string;
    readonly tail_lines?: number;
    readonly follow?: boolean;
  };
}

const DEFAULT_TAIL_LINES = 100;
const STREAM = {
  type: 'string',
  description: 'Server-sent events `log`; the data of each is a `LogLine`. Nothing was written: 204.',
};

/** `GET /api/v1/deployments/:deployment_id/logs`. */
export function deploymentLogRoutes(app: RestApp, { deployments }: Clients, streams: OpenStreams): void {
  app.route<LogRoute>({
    method: 'GET',
    url: '/api/v1/deployments/:deployment_id/logs',
    schema: {
      operationId: 'streamLogs',
      tags: ['deployments'],
      summary: 'Read or follow what instances write',
      description:
        'Of each instance its last lines; with `follow=true` then each further one, over restarts, until it has stopped for ' +
        'good. Whoever connects again begins with the last lines again; `id:` is the instance and the number of the line.',
      params: pathParams({ deployment_id: 'The deployment.' }),
      querystring: query({
        assignment_id: { type: 'string', description: 'One instance. Default: all.' },
        tail_lines: {
          type: 'integer',
          minimum: 0,
          maximum: 1000,
          description: `How many of the last lines of each instance. Default: ${DEFAULT_TAIL_LINES}.`,
        },
        follow: { type: 'boolean', description: 'Go on with what is written from now on.' },
      }),
      response: answers({
        200: { description: 'Lines as they come.', content: { 'text/event-stream': { schema: STREAM } } },
        204: { description: 'Nothing was written.', type: 'null' },
      }),
    },
    async handler(request, reply) {
      using _open = streams.open('sse');
      const { traceId, signal: gone } = exchangeOf(request.raw);
      const { stopping } = streams;
      const { namespace = '', assignment_id: assignmentId = '', follow = false } = request.query;
      const { tail_lines: tailLines = DEFAULT_TAIL_LINES } = request.query;
      const { deployment_id: deploymentId } = request.params;
      const asked = { namespace, deploymentId, assignmentId, tailLines, follow };
      const feed = followLogs(deployments, asked, AbortSignal.any([gone, stopping]));
      const begin = () => {
        reply.hijack();
        return reply.raw;
      };
      await writeSse(feed, { begin, gone, stopping, describe: (error) => errorAnswer(error, traceId) });
    },
  });
}

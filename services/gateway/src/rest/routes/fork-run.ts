import { valueOfJson } from '@skein/events';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams, query, type NamespaceQuery } from '../route-schema.ts';
import { answerStart, foundBy, requestIdOf, START_ANSWERS, START_FIELDS, START_HEADERS } from '../start-run.ts';
import type { StartBody } from '../start-run.ts';

interface RunParams {
  readonly run_id: string;
}

interface ForkBody extends Pick<StartBody, 'input' | 'request_id' | 'labels' | 'search_attributes' | 'memo'> {
  readonly at_seq?: number;
  readonly workflow_version?: number;
  readonly redo_node_ids?: readonly string[];
}

const FORK_FIELDS = {
  at_seq: {
    type: 'integer',
    minimum: 0,
    maximum: 2_147_483_647,
    description: 'Position of the last event to take over. Default: the last one of the run.',
  },
  workflow_version: {
    type: 'integer',
    minimum: 0,
    maximum: 4_294_967_295,
    description: 'The version to run. Default: that of the run.',
  },
  input: { description: 'Another input, any JSON value of at most 1 MiB. Default: that of the run.' },
  redo_node_ids: {
    type: 'array',
    items: { type: 'string' },
    maxItems: 1000,
    description: 'Nodes to do again, with all that comes after them, though they have finished.',
  },
  request_id: START_FIELDS['request_id'],
  labels: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Added to the labels of the run; those given here win.',
  },
  search_attributes: { type: 'object', description: 'Added to those of the run; those given here win.' },
  memo: { type: 'object', description: 'Default: that of the run.' },
};
const PARAMS = pathParams({ run_id: 'The run to go on from, a UUID. It stays as it is.' });

/** `POST /api/v1/runs/:run_id/fork` and `/retry`. */
export function forkRunRoutes(app: RestApp, { runs }: Clients): void {
  app.route<{ Params: RunParams; Querystring: NamespaceQuery; Body: ForkBody }>({
    method: 'POST',
    url: '/api/v1/runs/:run_id/fork',
    schema: {
      operationId: 'forkRun',
      tags: ['runs'],
      summary: 'Start a run that goes on where another one stood',
      description: 'Finished results whose input comes out the same are taken over; everything else is done again.',
      params: PARAMS,
      querystring: query(),
      headers: START_HEADERS,
      body: { ...fields(FORK_FIELDS), examples: [{ redo_node_ids: ['draft'], labels: { why: 'better-model' } }] },
      response: answers(START_ANSWERS),
    },
    async handler(request, reply) {
      const { namespace = '' } = request.query;
      const { input, at_seq: atSeq = 0, workflow_version: workflowVersion = 0 } = request.body;
      const { redo_node_ids: redoNodeIds = [], labels = {} } = request.body;
      const changes = {
        atSeq: BigInt(atSeq),
        workflowVersion,
        redoNodeIds: [...redoNodeIds],
        labels,
        ...foundBy(request.body),
      };
      const { run_id: runId } = request.params;
      const fork = { namespace, runId, ...changes, requestId: requestIdOf(request) };
      const withInput = input === undefined ? fork : { ...fork, input: valueOfJson(input) };
      return answerStart(reply, await runs.forkRun(withInput, callOptions(request)));
    },
  });

  app.route<{ Params: RunParams; Querystring: NamespaceQuery; Body: Pick<StartBody, 'request_id'> }>({
    method: 'POST',
    url: '/api/v1/runs/:run_id/retry',
    schema: {
      operationId: 'retryRun',
      tags: ['runs'],
      summary: 'Start a run that does again what failed',
      description: 'A fork of a FAILED, CANCELLED or TERMINATED run at its end, on the same version and input.',
      params: PARAMS,
      querystring: query(),
      headers: START_HEADERS,
      body: { ...fields({ request_id: START_FIELDS['request_id'] }), examples: [{ request_id: 'retry-1' }] },
      response: answers(START_ANSWERS),
    },
    async handler(request, reply) {
      const { namespace = '' } = request.query;
      const retry = { namespace, runId: request.params.run_id, requestId: requestIdOf(request) };
      return answerStart(reply, await runs.retryRun(retry, callOptions(request)));
    },
  });
}

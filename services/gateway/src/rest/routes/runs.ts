import { RunSchema, RunState } from '@skein/contracts/scheduler';
import { durationOfMs } from '@skein/events';
import { invalidField } from '../../errors/invalid-request.ts';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, durationSchema, pageOf, pageQuery, pageSchema, pathParams, query } from '../route-schema.ts';
import type { NamespaceQuery, PageQuery } from '../route-schema.ts';
import { FILTER } from './find-runs.ts';
import { WAIT_DESCRIPTION, waitMsOf } from '../wait.ts';

interface RunParams {
  readonly run_id: string;
}

interface ListQuery extends PageQuery {
  readonly workflow_id?: string;
  readonly state?: readonly (keyof typeof RunState)[];
  readonly label?: readonly string[];
  readonly parent_run_id?: string;
  readonly include_children?: boolean;
  readonly known?: readonly string[];
  readonly filter?: string;
}

const STATES = Object.keys(RunState).filter((name) => !/^\d|^UNSPECIFIED$/.test(name));
const PARAMS = pathParams({ run_id: 'The run, a UUID.' });

/** `GET /api/v1/runs`, `GET` and `DELETE /api/v1/runs/:run_id`. */
export function runRoutes(app: RestApp, { runs }: Clients): void {
  app.route<{ Querystring: ListQuery }>({
    method: 'GET',
    url: '/api/v1/runs',
    schema: {
      operationId: 'listRuns',
      tags: ['runs'],
      summary: 'List runs, newest first',
      querystring: pageQuery({
        filter: FILTER,
        workflow_id: { type: 'string', description: 'Only runs of this workflow.' },
        state: { type: 'array', items: { type: 'string', enum: STATES }, description: 'Only runs in these states.' },
        label: {
          type: 'array',
          items: { type: 'string', pattern: '^[^=]+=' },
          description: 'Only runs with this label, as `key=value`; repeat it for more.',
        },
        parent_run_id: { type: 'string', description: 'Only the child runs of this run.' },
        include_children: { type: 'boolean', description: 'Child runs too. Default: only runs that are no child.' },
        known: {
          type: 'array',
          maxItems: 100,
          items: { type: 'string', pattern: '^[^:]+:[0-9]{1,15}$' },
          description: 'The answer knows of this run up to this seq at least, as `RUN:SEQ`; repeat it for more.',
        },
      }),
      response: answers({ 200: pageSchema('runs', 'Run', 'A page of runs, without payloads and nodes.') }),
    },
    async handler(request) {
      const {
        namespace = '',
        workflow_id: workflowId = '',
        state = [],
        label = [],
        filter = '',
        ...page
      } = request.query;
      const { parent_run_id: parentRunId = '', include_children: includeChildren = false } = request.query;
      const states = state.map((name) => RunState[name]);
      const chosen = { workflowId, states, labels: labelsOf(label), parentRunId, includeChildren, filter };
      const known = (page.known ?? []).map(positionOf);
      const listed = await runs.listRuns(
        { namespace, ...chosen, known, pageSize: page.page_size ?? 0, pageToken: page.page_token ?? '' },
        callOptions(request),
      );
      return pageOf(
        'runs',
        listed.runs.map((run) => present(RunSchema, run)),
        listed.nextPageToken,
      );
    },
  });

  app.route<{ Params: RunParams; Querystring: NamespaceQuery & { wait?: string; min_seq?: number } }>({
    method: 'GET',
    url: '/api/v1/runs/:run_id',
    schema: {
      operationId: 'getRun',
      tags: ['runs'],
      summary: 'Get a run, at once or when it has ended',
      params: PARAMS,
      querystring: query({
        wait: durationSchema(WAIT_DESCRIPTION),
        min_seq: {
          type: 'integer',
          minimum: 0,
          description: 'The answer knows of the run up to this seq at least. With `wait` it does anyway.',
        },
      }),
      response: answers({ 200: { ...ref('Run'), description: 'The run as it is now, ended or not.' } }),
    },
    async handler(request) {
      const { namespace = '', wait, min_seq: minSeq = 0 } = request.query;
      const { run_id: runId } = request.params;
      const waitMs = waitMsOf(wait);
      const options = callOptions(request, waitMs);
      const { run } =
        waitMs === undefined
          ? await runs.getRun({ namespace, runId, minSeq: BigInt(minSeq) }, options)
          : await runs.awaitRun({ namespace, runId, timeout: durationOfMs(waitMs) }, options);
      if (run === undefined) throw new Error('the scheduler answered without the run');
      return present(RunSchema, run);
    },
  });

  app.route<{ Params: RunParams; Querystring: NamespaceQuery & { reason?: string } }>({
    method: 'DELETE',
    url: '/api/v1/runs/:run_id',
    schema: {
      operationId: 'cancelRun',
      tags: ['runs'],
      summary: 'Cancel a run',
      description:
        'It is CANCELLED when this is answered, or CANCELLING while there is something to undo; what still works for it is told to stop.',
      params: PARAMS,
      querystring: query({ reason: { type: 'string', maxLength: 1024, description: 'Why, for people.' } }),
      response: answers({ 200: { ...ref('Run'), description: 'The cancelled run.' } }),
    },
    async handler(request) {
      const { namespace = '', reason = '' } = request.query;
      const { run } = await runs.cancelRun({ namespace, runId: request.params.run_id, reason }, callOptions(request));
      if (run === undefined) throw new Error('the scheduler answered without the run');
      return present(RunSchema, run);
    },
  });
}

function positionOf(text: string): { runId: string; seq: bigint } {
  const at = text.lastIndexOf(':');
  return { runId: text.slice(0, at), seq: BigInt(text.slice(at + 1)) };
}

function labelsOf(pairs: readonly string[]): Record<string, string> {
  const entries = pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  const labels = Object.fromEntries(entries) as Record<string, string>;
  if (Object.keys(labels).length < pairs.length) throw invalidField('label', 'give each key once');
  return labels;
}

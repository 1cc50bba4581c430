import { RunSchema } from '@skein/contracts/scheduler';
import { valueOfJson } from '@skein/events';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams, query, type NamespaceQuery } from '../route-schema.ts';
import { answerStart, requestIdOf, START_ANSWERS, START_FIELDS, START_HEADERS, startFields } from '../start-run.ts';
import type { StartBody } from '../start-run.ts';

interface SignalBody {
  readonly name: string;
  readonly payload?: Parameters<typeof valueOfJson>[0];
  readonly signal_id?: string;
}

interface SignalStartBody extends SignalBody, Omit<StartBody, 'wait'> {
  readonly version?: number;
}

const SIGNAL_FIELDS = {
  name: { type: 'string', description: 'Name of the signal: one that a node of the workflow waits for.' },
  payload: { description: 'What comes with it, any JSON value of at most 1 MiB. Default: null.' },
  signal_id: {
    type: 'string',
    maxLength: 256,
    description: 'The same id again has no effect. Default: every signal counts.',
  },
};
const EXAMPLE = { name: 'paid', payload: { amount: 49.9 }, signal_id: 'payment-4711' };
const VERSION = { type: 'integer', minimum: 1, maximum: 4_294_967_295, description: 'Default: the latest.' };
const { wait: _, ...WITHOUT_WAIT } = START_FIELDS;

/** `POST /api/v1/runs/:run_id/signal` and `POST /api/v1/workflows/:workflow_id/signal-with-start`. */
export function signalRunRoutes(app: RestApp, { runs }: Clients): void {
  app.route<{ Params: { run_id: string }; Querystring: NamespaceQuery; Body: SignalBody }>({
    method: 'POST',
    url: '/api/v1/runs/:run_id/signal',
    schema: {
      operationId: 'signalRun',
      tags: ['runs'],
      summary: 'Send a signal to a run',
      description: 'Once answered, the signal is durable. One that comes before its node waits is kept.',
      params: pathParams({ run_id: 'The run, a UUID.' }),
      querystring: query(),
      body: { ...fields(SIGNAL_FIELDS, ['name']), examples: [EXAMPLE] },
      response: answers({ 200: { ...ref('Run'), description: 'The run as it is now.' } }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const target = { case: 'runId', value: request.params.run_id } as const;
      const { run } = await runs.signalRun({ namespace, target, ...signalOf(request.body) }, callOptions(request));
      if (run === undefined) throw new Error('the scheduler answered without the run');
      return present(RunSchema, run);
    },
  });

  app.route<{ Params: { workflow_id: string }; Querystring: NamespaceQuery; Body: SignalStartBody }>({
    method: 'POST',
    url: '/api/v1/workflows/:workflow_id/signal-with-start',
    schema: {
      operationId: 'signalWithStart',
      tags: ['workflows', 'runs'],
      summary: 'Send a signal to a run, and start the run where there is none',
      description:
        'The run is the one that `request_id` names: it is required, here or as Idempotency-Key. With a `signal_id` the whole is safe to repeat.',
      params: pathParams({ workflow_id: 'The workflow.' }),
      querystring: query(),
      headers: START_HEADERS,
      body: {
        ...fields({ ...SIGNAL_FIELDS, version: VERSION, ...WITHOUT_WAIT }, ['name']),
        examples: [{ ...EXAMPLE, request_id: 'order-4711', input: { order: 4711 } }],
      },
      response: answers(START_ANSWERS),
    },
    async handler(request, reply) {
      const { namespace = '' } = request.query;
      const { version = 0 } = request.body;
      const workflow = { workflowId: request.params.workflow_id, version };
      const target = { case: 'workflow', value: workflow } as const;
      const requestId = requestIdOf(request);
      const start = { ...startFields(request.body), namespace, target, requestId };
      const signal = { namespace, target: { case: 'start', value: start } as const, ...signalOf(request.body) };
      return answerStart(reply, await runs.signalRun(signal, callOptions(request)));
    },
  });
}

function signalOf({ name, payload, signal_id: signalId = '' }: SignalBody) {
  return { signalName: name, signalId, ...(payload === undefined ? {} : { payload: valueOfJson(payload) }) };
}

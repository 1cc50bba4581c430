import { RunSchema, type Run } from '@skein/contracts/scheduler';
import type { CallOptions } from '@connectrpc/connect';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

interface RunParams {
  readonly run_id: string;
}

interface ControlBody {
  readonly node_id?: string;
  readonly reason?: string;
}

interface Control {
  readonly word: 'terminate' | 'pause' | 'resume';
  readonly summary: string;
  readonly description: string;
  readonly body: object;
  readonly example: ControlBody;
  readonly ask: (
    runs: Clients['runs'],
    request: { readonly namespace: string; readonly runId: string } & Asked,
    options: CallOptions,
  ) => Promise<{ readonly run?: Run | undefined }>;
}

interface Asked {
  readonly nodeId: string;
  readonly reason: string;
}

const REASON = { reason: { type: 'string', maxLength: 1024, description: 'Why, for people.' } };
const NODE = { node_id: { type: 'string', maxLength: 128, description: 'One node alone. Default: the whole run.' } };

const CONTROLS: readonly Control[] = [
  {
    word: 'terminate',
    summary: 'End a run at once',
    description: 'Nothing is undone, and its child runs are terminated too. DELETE cancels it instead.',
    body: fields(REASON),
    example: { reason: 'its agents are gone' },
    ask: (runs, { namespace, runId, reason }, options) => runs.terminateRun({ namespace, runId, reason }, options),
  },
  {
    word: 'pause',
    summary: 'Hold a run, or one node of it, back',
    description: 'Nothing new goes to executors or child runs; what is at work goes on to its end.',
    body: fields({ ...NODE, ...REASON }),
    example: { reason: 'the model is being replaced' },
    ask: (runs, request, options) => runs.pauseRun(request, options),
  },
  {
    word: 'resume',
    summary: 'Let what was held back go on',
    description: 'Nodes that are held back by themselves stay so until they are named.',
    body: fields(NODE),
    example: { node_id: 'publish' },
    ask: (runs, { namespace, runId, nodeId }, options) => runs.resumeRun({ namespace, runId, nodeId }, options),
  },
];

/** `POST /api/v1/runs/:run_id/terminate`, `/pause` and `/resume`. */
export function controlRunRoutes(app: RestApp, { runs }: Clients): void {
  for (const { word, summary, description, body, example, ask } of CONTROLS) {
    app.route<{ Params: RunParams; Querystring: NamespaceQuery; Body: ControlBody }>({
      method: 'POST',
      url: `/api/v1/runs/:run_id/${word}`,
      schema: {
        operationId: `${word}Run`,
        tags: ['runs'],
        summary,
        description,
        params: pathParams({ run_id: 'The run, a UUID.' }),
        querystring: query(),
        body: { ...body, examples: [example] },
        response: answers({ 200: { ...ref('Run'), description: 'The run as it is now.' } }),
      },
      async handler(request) {
        const { namespace = '' } = request.query;
        const { node_id: nodeId = '', reason = '' } = request.body;
        const { run_id: runId } = request.params;
        const { run } = await ask(runs, { namespace, runId, nodeId, reason }, callOptions(request));
        if (run === undefined) throw new Error('the scheduler answered without the run');
        return present(RunSchema, run);
      },
    });
  }
}

import { RunSchema } from '@skein/contracts/scheduler';
import { valueOfJson } from '@skein/events';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

interface InputBody {
  readonly value?: Parameters<typeof valueOfJson>[0];
  readonly node_id?: string;
  readonly provided_by?: string;
  readonly question_seq?: number;
}

const FIELDS = {
  value: { description: 'The answer, any JSON value that fits the schema of the question. Default: null.' },
  node_id: {
    type: 'string',
    maxLength: 128,
    description: 'The node whose agent asks. Default: the only one that does.',
  },
  provided_by: { type: 'string', maxLength: 256, description: 'Who answers, for the history.' },
  question_seq: {
    type: 'integer',
    minimum: 0,
    maximum: 2_147_483_647,
    description: 'The question, as the run shows it at its node. Default: what is asked when the answer arrives.',
  },
};

/** `POST /api/v1/runs/:run_id/input`. */
export function provideInputRoute(app: RestApp, { runs }: Clients): void {
  app.route<{ Params: { run_id: string }; Querystring: NamespaceQuery; Body: InputBody }>({
    method: 'POST',
    url: '/api/v1/runs/:run_id/input',
    schema: {
      operationId: 'provideInput',
      tags: ['runs'],
      summary: "Answer the question of a run's agent",
      description:
        'The run shows the question at its node. The first answer counts; the agent is called again with it.',
      params: pathParams({ run_id: 'The run, a UUID.' }),
      querystring: query(),
      body: { ...fields(FIELDS), examples: [{ value: { size: 'XL' }, provided_by: 'ada@example.com' }] },
      response: answers({ 200: { ...ref('Run'), description: 'The run as it is now.' } }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const { value = null, node_id: nodeId = '', provided_by: providedBy = '', question_seq = 0 } = request.body;
      const answer = {
        namespace,
        runId: request.params.run_id,
        nodeId,
        questionSeq: BigInt(question_seq),
        value: valueOfJson(value),
        providedBy,
      };
      const { run } = await runs.provideInput(answer, callOptions(request));
      if (run === undefined) throw new Error('the scheduler answered without the run');
      return present(RunSchema, run);
    },
  });
}

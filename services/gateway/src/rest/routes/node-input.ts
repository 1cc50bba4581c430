import { NodeInputSchema } from '@skein/contracts/scheduler';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

interface NodeInputParams {
  readonly run_id: string;
  readonly node_id: string;
}

/** `GET /api/v1/runs/:run_id/nodes/:node_id/input`. */
export function nodeInputRoute(app: RestApp, { runs }: Clients): void {
  app.route<{ Params: NodeInputParams; Querystring: NamespaceQuery & { attempt?: number } }>({
    method: 'GET',
    url: '/api/v1/runs/:run_id/nodes/:node_id/input',
    schema: {
      operationId: 'getNodeInput',
      tags: ['runs'],
      summary: 'Get what a node was given: of a model, the exact prompt',
      description: 'Computed again from the definition and the outputs before the node; the same for every attempt.',
      params: pathParams({ run_id: 'The run, a UUID.', node_id: 'The node.' }),
      querystring: query({
        attempt: { type: 'integer', minimum: 1, description: 'The attempt. Default: the latest.' },
      }),
      response: answers({ 200: { ...ref('NodeInput'), description: 'The input, and its digests.' } }),
    },
    async handler(request) {
      const { namespace = '', attempt = 0 } = request.query;
      const { run_id: runId, node_id: nodeId } = request.params;
      const { nodeInput } = await runs.getNodeInput({ namespace, runId, nodeId, attempt }, callOptions(request));
      if (nodeInput === undefined) throw new Error('the scheduler answered without the input');
      return present(NodeInputSchema, nodeInput);
    },
  });
}

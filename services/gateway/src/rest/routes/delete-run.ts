import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

/** `POST /api/v1/runs/:run_id/delete`: `DELETE` of a run cancels it. */
export function deleteRunRoute(app: RestApp, { runs }: Clients): void {
  app.route<{ Params: { readonly run_id: string }; Querystring: NamespaceQuery }>({
    method: 'POST',
    url: '/api/v1/runs/:run_id/delete',
    schema: {
      operationId: 'deleteRun',
      tags: ['runs'],
      summary: 'Delete an ended run with everything that is stored of it',
      description: 'Its child runs go too. From then on it is answered like a run that never was.',
      params: pathParams({ run_id: 'The run, a UUID.' }),
      querystring: query(),
      response: answers({ 204: { type: 'null', description: 'It is gone.' } }),
    },
    async handler(request, reply) {
      const { namespace = '' } = request.query;
      await runs.deleteRun({ namespace, runId: request.params.run_id }, callOptions(request));
      reply.status(204);
    },
  });
}

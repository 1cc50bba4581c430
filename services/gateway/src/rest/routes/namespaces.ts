import { NamespaceSchema, type Namespace } from '@skein/contracts/scheduler';
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
  type PageQuery,
} from '../route-schema.ts';

interface NamespaceParams {
  readonly name: string;
}

const PARAMS = pathParams({ name: 'The namespace.' });
const NAMESPACE = { ...ref('Namespace'), description: 'The namespace as it is now.' };
const tags = ['namespaces'];

/** `GET /api/v1/namespaces`; `GET` and `PATCH /api/v1/namespaces/:name`. */
export function namespaceRoutes(app: RestApp, { namespaces }: Clients): void {
  app.route<{ Querystring: PageQuery }>({
    method: 'GET',
    url: '/api/v1/namespaces',
    schema: {
      operationId: 'listNamespaces',
      tags,
      summary: 'List namespaces by name: those that were updated once, and those with a workflow, a run or a schedule',
      querystring: pageQuery(),
      response: answers({ 200: pageSchema('namespaces', 'Namespace', 'A page of namespaces.') }),
    },
    async handler(request) {
      const { page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const listed = await namespaces.listNamespaces({ pageSize, pageToken }, callOptions(request));
      return pageOf('namespaces', listed.namespaces.map(shown), listed.nextPageToken);
    },
  });

  app.route<{ Params: NamespaceParams }>({
    method: 'GET',
    url: '/api/v1/namespaces/:name',
    schema: {
      operationId: 'getNamespace',
      tags,
      summary: 'Get a namespace, and how long it keeps ended runs',
      params: PARAMS,
      response: answers({ 200: NAMESPACE }),
    },
    async handler(request) {
      return shown((await namespaces.getNamespace(request.params, callOptions(request))).namespace);
    },
  });

  app.route<{ Params: NamespaceParams; Body: Readonly<Record<string, unknown>> }>({
    method: 'PATCH',
    url: '/api/v1/namespaces/:name',
    schema: {
      operationId: 'updateNamespace',
      tags,
      summary: 'Change a namespace',
      description:
        'What the body does not name stays. A shorter retention counts for runs that have ended already too.',
      params: PARAMS,
      body: {
        ...fields({
          description: { type: 'string', maxLength: 1024, description: 'For people.' },
          labels: { type: 'object', additionalProperties: { type: 'string' }, description: 'All labels, as a whole.' },
          run_retention: durationSchema(
            'How long an ended run is kept, 1 hour to 3,650 days; `0s` for the configured default.',
          ),
          keep_runs_forever: { type: 'boolean', description: 'Ended runs are never deleted because of their age.' },
        }),
        examples: [{ run_retention: '168h' }],
      },
      response: answers({ 200: NAMESPACE }),
    },
    async handler(request) {
      const namespace = { ...messageOfBody(NamespaceSchema, request.body), name: request.params.name };
      const updateMask = { paths: Object.keys(request.body) };
      return shown((await namespaces.updateNamespace({ namespace, updateMask }, callOptions(request))).namespace);
    },
  });
}

function shown(namespace: Namespace | undefined): object {
  if (namespace === undefined) throw new Error('the scheduler answered without the namespace');
  return present(NamespaceSchema, namespace);
}

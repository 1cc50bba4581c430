import { AutoscalePolicySchema, DeploymentSchema, type Deployment } from '@skein/contracts/registry';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { messageOfBody } from '../plain-body.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pageOf, pageQuery, pageSchema, pathParams, query } from '../route-schema.ts';
import type { NamespaceQuery, PageQuery } from '../route-schema.ts';

interface DeploymentParams {
  readonly deployment_id: string;
}

const TAGS = ['deployments'];
const PARAMS = pathParams({ deployment_id: 'The deployment.' });
const REPLICAS = { type: 'integer', minimum: 0, maximum: 1000 };
const OBJECT = { type: 'object', additionalProperties: true };

/** An answer that is the deployment. */
const DEPLOYMENT = { ...ref('Deployment'), description: 'The deployment as written down, and how far it has come.' };

const BODY = {
  ...fields(
    {
      deployment_id: { type: 'string', description: 'Its id, `[A-Za-z0-9_.-]{1,128}`.' },
      replicas: {
        ...REPLICAS,
        description:
          'How many instances to keep running. Default: as it was; 1 for a new one. Of an autoscaled one it counts only while that is new.',
      },
      template: {
        ...OBJECT,
        description:
          'What instances are made of, as the schema InstanceTemplate shows it. Durations may be written `1m30s`, words in any case, and what has a default left out.',
      },
      rollout: { ...OBJECT, description: 'How a new template replaces the one before, as RolloutPolicy shows it.' },
      autoscale: {
        ...OBJECT,
        description: 'Has the load decide how many instances run, as AutoscalePolicy shows it. Default: as it was.',
      },
    },
    ['deployment_id', 'template'],
  ),
  examples: [
    {
      deployment_id: 'classifier',
      replicas: 2,
      template: {
        agent_id: 'classifier-agent',
        version: '1.0.0',
        protocol: 'grpc',
        process: { command: 'node', args: ['/srv/agents/classifier/main.js'] },
        secret_env: { API_KEY: 'classifier-key' },
      },
    },
  ],
};

/** `POST` and `GET /api/v1/deployments`, `GET` and `DELETE /api/v1/deployments/:deployment_id`, and its `scale`, `autoscale` and `rollback`. */
export function deploymentRoutes(app: RestApp, { deployments }: Clients): void {
  app.route<{ Querystring: NamespaceQuery; Body: object }>({
    method: 'POST',
    url: '/api/v1/deployments',
    schema: {
      operationId: 'applyDeployment',
      tags: TAGS,
      summary: 'Create a deployment, or change it',
      description: 'A template that is not as it was is a new revision, and is rolled out.',
      querystring: query(),
      body: BODY,
      response: answers({
        200: { ...DEPLOYMENT, description: 'It was there before.' },
        201: { ...DEPLOYMENT, description: 'It is new.' },
      }),
    },
    async handler(request, reply) {
      const { namespace = '' } = request.query;
      const asked = { ...messageOfBody(DeploymentSchema, request.body), namespace };
      const { deployment, created } = await deployments.applyDeployment({ deployment: asked }, callOptions(request));
      reply.status(created ? 201 : 200).header('location', `/api/v1/deployments/${asked.deploymentId}`);
      return shown(deployment);
    },
  });

  app.route<{ Querystring: PageQuery }>({
    method: 'GET',
    url: '/api/v1/deployments',
    schema: {
      operationId: 'listDeployments',
      tags: TAGS,
      summary: 'List deployments in the order of their ids',
      querystring: pageQuery(),
      response: answers({ 200: pageSchema('deployments', 'Deployment', 'A page of deployments.') }),
    },
    async handler(request) {
      const { namespace = '', page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const listed = await deployments.listDeployments({ namespace, pageSize, pageToken }, callOptions(request));
      return pageOf('deployments', listed.deployments.map(shown), listed.nextPageToken);
    },
  });

  app.route<{ Params: DeploymentParams; Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/deployments/:deployment_id',
    schema: {
      operationId: 'getDeployment',
      tags: TAGS,
      summary: 'Get a deployment and each of its instances',
      params: PARAMS,
      querystring: query(),
      response: answers({ 200: DEPLOYMENT }),
    },
    async handler(request) {
      return shown((await deployments.getDeployment(named(request), callOptions(request))).deployment);
    },
  });

  app.route<{ Params: DeploymentParams; Querystring: NamespaceQuery }>({
    method: 'DELETE',
    url: '/api/v1/deployments/:deployment_id',
    schema: {
      operationId: 'deleteDeployment',
      tags: TAGS,
      summary: 'Stop the instances; the deployment is gone when the last one has stopped',
      params: PARAMS,
      querystring: query(),
      response: answers({ 202: DEPLOYMENT }),
    },
    async handler(request, reply) {
      reply.status(202);
      return shown((await deployments.deleteDeployment(named(request), callOptions(request))).deployment);
    },
  });

  changeDeploymentRoutes(app, deployments);
  autoscaleRoute(app, deployments);
}

const POLICY_BODY = {
  ...fields({
    off: {
      type: 'boolean',
      description: 'Ends it; the number of instances stays as it is. No other field is given then.',
    },
    min_replicas: { ...REPLICAS, description: 'Fewest instances; 0: none while nobody calls. Default: 2.' },
    max_replicas: { type: 'integer', minimum: 1, maximum: 1000, description: 'Most instances. Default: 10.' },
    target_load: { type: 'number', description: 'The load that each is to have. Default: 0.7.' },
    scale_up_threshold: { type: 'number', description: 'At this load there are to be more. Default: 0.8.' },
    scale_down_threshold: { type: 'number', description: 'At this load there may be fewer. Default: 0.3.' },
    scale_up_stabilization: { type: 'string', description: 'How long more must have been wanted. Default: 0s.' },
    scale_down_stabilization: { type: 'string', description: 'How long fewer must have been wanted. Default: 5m.' },
    calls_per_instance: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      description: 'Calls at a time that an instance is made for, where it does not say how busy it is. Default: 10.',
    },
    idle_timeout: { type: 'string', description: 'Time without a call after which none run. Default: 5m.' },
  }),
  examples: [
    { min_replicas: 2, max_replicas: 10, target_load: 0.7, scale_up_threshold: 0.8, scale_down_threshold: 0.3 },
  ],
};

interface PolicyBody {
  readonly off?: boolean;
}

function autoscaleRoute(app: RestApp, deployments: Clients['deployments']): void {
  app.route<{ Params: DeploymentParams; Querystring: NamespaceQuery; Body: PolicyBody }>({
    method: 'POST',
    url: '/api/v1/deployments/:deployment_id/autoscale',
    schema: {
      operationId: 'autoscaleDeployment',
      tags: TAGS,
      summary: 'Have the load decide how many instances run',
      params: PARAMS,
      querystring: query(),
      body: POLICY_BODY,
      response: answers({ 200: DEPLOYMENT }),
    },
    async handler(request) {
      const { off = false, ...policy } = request.body;
      const autoscale = off ? {} : { autoscale: messageOfBody(AutoscalePolicySchema, policy) };
      const asked = { ...named(request), ...autoscale };
      return shown((await deployments.autoscaleDeployment(asked, callOptions(request))).deployment);
    },
  });
}

function changeDeploymentRoutes(app: RestApp, deployments: Clients['deployments']): void {
  app.route<{ Params: DeploymentParams; Querystring: NamespaceQuery; Body: { readonly replicas: number } }>({
    method: 'POST',
    url: '/api/v1/deployments/:deployment_id/scale',
    schema: {
      operationId: 'scaleDeployment',
      tags: TAGS,
      summary: 'Change how many instances run',
      params: PARAMS,
      querystring: query(),
      body: {
        ...fields({ replicas: { ...REPLICAS, description: 'How many.' } }, ['replicas']),
        examples: [{ replicas: 3 }],
      },
      response: answers({ 200: DEPLOYMENT }),
    },
    async handler(request) {
      const asked = { ...named(request), replicas: request.body.replicas };
      return shown((await deployments.scaleDeployment(asked, callOptions(request))).deployment);
    },
  });

  app.route<{ Params: DeploymentParams; Querystring: NamespaceQuery; Body: { readonly revision?: number } }>({
    method: 'POST',
    url: '/api/v1/deployments/:deployment_id/rollback',
    schema: {
      operationId: 'rollbackDeployment',
      tags: TAGS,
      summary: 'Make the template of an earlier revision the newest one',
      params: PARAMS,
      querystring: query(),
      body: {
        ...fields({
          revision: { type: 'integer', minimum: 1, description: 'The revision. Default: the one before the newest.' },
        }),
        examples: [{ revision: 1 }],
      },
      response: answers({ 200: DEPLOYMENT }),
    },
    async handler(request) {
      const asked = { ...named(request), revision: BigInt(request.body.revision ?? 0) };
      return shown((await deployments.rollbackDeployment(asked, callOptions(request))).deployment);
    },
  });
}

function named(request: { readonly params: DeploymentParams; readonly query: NamespaceQuery }) {
  return { namespace: request.query.namespace ?? '', deploymentId: request.params.deployment_id };
}

function shown(deployment: Deployment | undefined): object {
  if (deployment === undefined) throw new Error('the registry answered without the deployment');
  return present(DeploymentSchema, deployment);
}

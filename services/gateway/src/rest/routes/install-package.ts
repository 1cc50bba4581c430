import {
  AgentSchema,
  DeploymentSchema,
  InstallPackageRequestSchema,
  PackageReferenceSchema,
  PackageSchema,
  type InstallPackageResponse,
} from '@skein/contracts/registry';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { messageOfBody } from '../plain-body.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams, query, type NamespaceQuery } from '../route-schema.ts';
import { namedPackage, PACKAGE_PARAMS, VERSION, type PackageParams } from './packages.ts';

const TAGS = ['packages'];
const TEXTS = { type: 'object', additionalProperties: { type: 'string' } };

const BODY = {
  ...fields({
    ...VERSION,
    agent_id: { type: 'string', description: 'Id of the agent and the deployment. Default: the part after the slash.' },
    replicas: {
      type: 'integer',
      minimum: 0,
      maximum: 1000,
      description: 'How many instances. Default: as it was; at first as the package says.',
    },
    config: {
      type: 'object',
      additionalProperties: true,
      description: "Settings that the package's `config_schema` allows.",
    },
    env: { ...TEXTS, description: 'Environment variables over those of the package.' },
    secret_env: { ...TEXTS, description: "Names of secrets by the variables of the package's `secrets`." },
    allow_untrusted: { type: 'boolean', description: 'Also where no trusted key has signed it. Default: false.' },
  }),
  examples: [{ version: '^1.0', replicas: 2, secret_env: { API_KEY: 'greeter-key' } }],
};

const INSTALLED = {
  ...fields({ package: ref('Package'), deployment: ref('Deployment'), agent: ref('Agent') }, ['package']),
  description: 'The version that was chosen, and the deployment or the agent that came of it.',
};

/** `POST /api/v1/packages/:publisher/:package/install`, `DELETE /api/v1/installed-packages/:agent_id`. */
export function installPackageRoutes(app: RestApp, { catalogue }: Clients): void {
  app.route<{ Params: PackageParams; Querystring: NamespaceQuery; Body: object }>({
    method: 'POST',
    url: '/api/v1/packages/:publisher/:package/install',
    schema: {
      operationId: 'installPackage',
      tags: TAGS,
      summary: 'Install a version of a package, or change what was installed to it',
      params: PACKAGE_PARAMS,
      querystring: query(),
      body: BODY,
      response: answers({ 200: INSTALLED }),
    },
    async handler(request) {
      const asked = { ...messageOfBody(InstallPackageRequestSchema, request.body), ...namedPackage(request) };
      return shown(await catalogue.installPackage(asked, callOptions(request)));
    },
  });

  app.route<{ Params: { readonly agent_id: string }; Querystring: NamespaceQuery }>({
    method: 'DELETE',
    url: '/api/v1/installed-packages/:agent_id',
    schema: {
      operationId: 'uninstallPackage',
      tags: TAGS,
      summary: 'Take back what installing a package made',
      params: pathParams({ agent_id: 'The agent that was installed.' }),
      querystring: query(),
      response: answers({ 202: { ...ref('PackageReference'), description: 'What it was of.' } }),
    },
    async handler(request, reply) {
      const asked = { namespace: request.query.namespace ?? '', agentId: request.params.agent_id };
      const answer = await catalogue.uninstallPackage(asked, callOptions(request));
      if (answer.package === undefined) throw new Error('the registry answered without the package');
      reply.status(202);
      return present(PackageReferenceSchema, answer.package);
    },
  });
}

function shown({ package: chosen, installed }: InstallPackageResponse): object {
  if (chosen === undefined) throw new Error('the registry answered without the package');
  return {
    package: present(PackageSchema, chosen),
    ...(installed.case === 'deployment' ? { deployment: present(DeploymentSchema, installed.value) } : {}),
    ...(installed.case === 'agent' ? { agent: present(AgentSchema, installed.value) } : {}),
  };
}

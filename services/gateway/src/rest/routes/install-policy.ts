import { InstallPolicySchema, type InstallPolicy } from '@skein/contracts/registry';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, query, type NamespaceQuery } from '../route-schema.ts';

const TAGS = ['packages'];
const URL = '/api/v1/install-policy';
const POLICY = { ...ref('InstallPolicy'), description: 'The policy.' };

interface PolicyBody {
  readonly require_signature?: boolean;
  readonly allowed_key_ids?: readonly string[];
}

/** `GET` and `PUT /api/v1/install-policy`. */
export function installPolicyRoutes(app: RestApp, { catalogue }: Clients): void {
  app.route<{ Querystring: NamespaceQuery }>({
    method: 'GET',
    url: URL,
    schema: {
      operationId: 'getInstallPolicy',
      tags: TAGS,
      summary: 'Get how the namespace installs packages',
      querystring: query(),
      response: answers({ 200: POLICY }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      return shown((await catalogue.getInstallPolicy({ namespace }, callOptions(request))).policy);
    },
  });

  app.route<{ Querystring: NamespaceQuery; Body: PolicyBody }>({
    method: 'PUT',
    url: URL,
    schema: {
      operationId: 'setInstallPolicy',
      tags: TAGS,
      summary: 'Say how the namespace installs packages',
      description: 'The whole policy: what is left out is as without one. What is installed runs on.',
      querystring: query(),
      body: {
        ...fields({
          require_signature: {
            type: 'boolean',
            description: 'Nobody installs a package whose signature does not count. Default: false.',
          },
          allowed_key_ids: {
            type: 'array',
            items: { type: 'string' },
            description: 'Of the trusted keys, those that count. Default: all of them.',
          },
        }),
        examples: [{ require_signature: true }],
      },
      response: answers({ 200: POLICY }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const { require_signature: requireSignature = false, allowed_key_ids: keyIds = [] } = request.body;
      const asked = { namespace, requireSignature, allowedKeyIds: [...keyIds] };
      return shown((await catalogue.setInstallPolicy(asked, callOptions(request))).policy);
    },
  });
}

function shown(policy: InstallPolicy | undefined): object {
  if (policy === undefined) throw new Error('the registry answered without the policy');
  return present(InstallPolicySchema, policy);
}

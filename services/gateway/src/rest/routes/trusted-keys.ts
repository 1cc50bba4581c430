import { TrustedKeySchema, type TrustedKey } from '@skein/contracts/registry';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

const TAGS = ['packages'];

interface TrustBody {
  readonly publisher: string;
  readonly public_key: string;
}

/** `POST` and `GET /api/v1/trusted-keys`, `DELETE /api/v1/trusted-keys/:key_id`. */
export function trustedKeyRoutes(app: RestApp, { catalogue }: Clients): void {
  app.route<{ Querystring: NamespaceQuery; Body: TrustBody }>({
    method: 'POST',
    url: '/api/v1/trusted-keys',
    schema: {
      operationId: 'trustKey',
      tags: TAGS,
      summary: 'Trust a key with the packages of a publisher',
      querystring: query(),
      body: {
        ...fields(
          {
            publisher: { type: 'string', description: 'Whose packages it may sign.' },
            public_key: { type: 'string', description: 'The Ed25519 public key as PEM.' },
          },
          ['publisher', 'public_key'],
        ),
        examples: [{ publisher: 'acme', public_key: '-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n' }],
      },
      response: answers({ 200: { ...ref('TrustedKey'), description: 'The key as it is trusted.' } }),
    },
    async handler(request) {
      const { publisher, public_key: publicKey } = request.body;
      const asked = { namespace: request.query.namespace ?? '', publisher, publicKey };
      const { key } = await catalogue.trustKey(asked, callOptions(request));
      if (key === undefined) throw new Error('the registry answered without the key');
      return shown(key);
    },
  });

  app.route<{ Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/trusted-keys',
    schema: {
      operationId: 'listTrustedKeys',
      tags: TAGS,
      summary: 'List the keys that are trusted',
      querystring: query(),
      response: answers({
        200: {
          ...fields({ keys: { type: 'array', items: ref('TrustedKey') } }, ['keys']),
          description: 'All of them.',
        },
      }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const { keys } = await catalogue.listTrustedKeys({ namespace }, callOptions(request));
      return { keys: keys.map(shown) };
    },
  });

  app.route<{ Params: { readonly key_id: string }; Querystring: NamespaceQuery }>({
    method: 'DELETE',
    url: '/api/v1/trusted-keys/:key_id',
    schema: {
      operationId: 'distrustKey',
      tags: TAGS,
      summary: 'Trust a key no longer; what is installed runs on',
      params: pathParams({ key_id: 'The key.' }),
      querystring: query(),
      response: answers({ 204: { description: 'It is not trusted.', type: 'null' } }),
    },
    async handler(request, reply) {
      const asked = { namespace: request.query.namespace ?? '', keyId: request.params.key_id };
      await catalogue.distrustKey(asked, callOptions(request));
      return reply.status(204).send();
    },
  });
}

function shown(key: TrustedKey): object {
  return present(TrustedKeySchema, key);
}

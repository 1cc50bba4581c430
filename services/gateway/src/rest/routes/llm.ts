import { CompletionSchema, ModelSchema } from '@skein/contracts/llm';
import { exchangeOf } from '../../edge/exchange.ts';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { COMPLETION_BODY, completionSpec, type CompletionBody } from '../completion-spec.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, query, type NamespaceQuery } from '../route-schema.ts';
import { START_HEADERS } from '../start-run.ts';

/** `POST /api/v1/llm/complete` and `GET /api/v1/llm/models`. */
export function llmRoutes(app: RestApp, { llm }: Clients): void {
  app.route<{ Querystring: NamespaceQuery; Body: CompletionBody }>({
    method: 'POST',
    url: '/api/v1/llm/complete',
    schema: {
      operationId: 'completeLlm',
      tags: ['llm'],
      summary: 'Ask a model',
      querystring: query(),
      headers: START_HEADERS,
      body: COMPLETION_BODY,
      response: answers({ 200: { ...ref('Completion'), description: 'The answer.' } }),
    },
    async handler(request) {
      const { body, headers } = request;
      const key = headers['idempotency-key'];
      const { completion } = await llm.complete(
        {
          namespace: request.query.namespace ?? '',
          spec: completionSpec(body),
          idempotencyKey: body.idempotency_key ?? (typeof key === 'string' ? key : ''),
        },
        // The proxy ends a question that takes too long, and knows how long that is.
        { signal: exchangeOf(request.raw).signal },
      );
      if (completion === undefined) throw new Error('llm-proxy answered without a completion');
      return present(CompletionSchema, completion);
    },
  });

  app.route<{ Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/llm/models',
    schema: {
      operationId: 'listModels',
      tags: ['llm'],
      summary: 'List the models that can be asked',
      querystring: query(),
      response: answers({
        200: { description: 'All models.', ...fields({ models: { type: 'array', items: ref('Model') } }, ['models']) },
      }),
    },
    async handler(request) {
      const { models } = await llm.listModels({ namespace: request.query.namespace ?? '' }, callOptions(request));
      return { models: models.map((model) => present(ModelSchema, model)) };
    },
  });
}

import type { RestApp } from '../rest-app.ts';
import { answers, fields } from '../route-schema.ts';

/** `GET /health`: whether this gateway answers; what lies behind it says /readyz of each service. */
export function healthRoute(app: RestApp): void {
  app.route({
    method: 'GET',
    url: '/health',
    exposeHeadRoute: true,
    schema: {
      operationId: 'getHealth',
      tags: ['meta', 'orchestrator'],
      summary: 'Whether the gateway answers',
      response: answers({
        200: {
          description: 'It does.',
          ...fields({ status: { type: 'string', const: 'healthy' }, service: { type: 'string' } }, ['status']),
        },
      }),
    },
    handler: async () => ({ status: 'healthy', service: 'skein-gateway' }),
  });
}

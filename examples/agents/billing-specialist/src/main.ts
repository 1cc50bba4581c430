import { logLine, runAgentProcess, startHttpAgent } from '@skein/example-agent-host';
import { readProcessRequest } from './process-request.ts';
import { replyTo } from './reply.ts';

await runAgentProcess(process.env, (listen) =>
  startHttpAgent({
    ...listen,
    health: {
      status: 'healthy',
      agent_id: 'billing-specialist',
      version: '1.0.0',
      capabilities: ['billing', 'refunds', 'invoices'],
      ready: true,
    },
    routes: {
      '/process': ({ body, reply }) => {
        const { response, collectedData } = replyTo(readProcessRequest(body));
        reply({ output: { response, collected_data: collectedData, status: 'completed' } });
      },
    },
    onFailure: (error) => logLine('request failed', error),
  }),
);

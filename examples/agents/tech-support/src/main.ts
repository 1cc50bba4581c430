import { integerOf, logLine, runAgentProcess, startHttpAgent } from '@skein/example-agent-host';
import { streamAnswer } from './answer-stream.ts';
import { readInvokeRequest } from './invoke-request.ts';

await runAgentProcess(process.env, (listen) => {
  const intervalMs = integerOf(process.env, 'DELTA_INTERVAL_MS', 15, 60_000);
  return startHttpAgent({
    ...listen,
    health: { status: 'healthy', agentId: 'tech-support', version: '1.0.0', capabilities: ['troubleshooting'] },
    routes: {
      '/invoke': async ({ body, signal, stream }) => {
        const request = readInvokeRequest(body);
        try {
          await streamAnswer(request, { events: stream(), intervalMs, signal });
        } catch (error) {
          if (!signal.aborted) throw error;
          logLine(`stopped ${request.runId}: nobody reads any more`);
        }
      },
    },
    onFailure: (error) => logLine('request failed', error),
  });
});

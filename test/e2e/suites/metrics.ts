import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import { eventually } from '@skein/testkit';
import { sendOutput, startHttpAgent } from '../agents/http-agent.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'metrics';

interface Counted {
  readonly call_count: number;
  readonly failures_by_code?: Readonly<Record<string, number>>;
}

/** What is counted of agents and workflows. */
export function metricSuite(use: UsePlatform): void {
  test('calls and runs are counted, with what failed, on the command line and over HTTP', async () => {
    const { clients, skein, apiUrl } = use();
    await using agent = await startHttpAgent((response) => {
      if (agent.calls.length === 1) response.writeHead(503).end();
      else sendOutput(response, 'at last');
    });
    const called = { agentId: 'counted', protocol: AgentProtocol.HTTP_PROCESS, endpoints: [agent.url] };
    await clients.agents.registerAgent({ namespace: NAMESPACE, ...called });
    const source = JSON.stringify({
      id: 'counting',
      nodes: [{ id: 'work', type: 'agent', agent_id: 'counted', retry: { max_attempts: 2, initial: '1ms' } }],
    });
    await clients.workflows.applyWorkflow({ namespace: NAMESPACE, definition: { case: 'source', value: source } });
    const target = { case: 'workflow' as const, value: { workflowId: 'counting' } };
    await clients.runs.startRun({ namespace: NAMESPACE, target, waitTimeout: { seconds: 30n } });
    const counted = await eventually(
      async () => {
        const response = await fetch(`${apiUrl}/api/v1/agents/counted/metrics?namespace=${NAMESPACE}`);
        const { metrics } = (await response.json()) as { metrics: Counted[] };
        return metrics[0]?.call_count === 2 ? metrics[0] : undefined;
      },
      { describe: 'two calls' },
    );
    assert.deepEqual(counted.failures_by_code, { AGENT_ERROR_STATUS: 1 });
    await eventually(
      async () => {
        const { stdout } = await skein('workflows', 'metrics', 'counting', '-n', NAMESPACE);
        return /^all +1 +1 +0 +0 +0 /m.test(stdout);
      },
      { describe: 'one run that is done' },
    );
  });
}

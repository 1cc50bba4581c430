import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentMetricsGroup, MetricsService, type GetAgentMetricsRequest } from '@skein/contracts/eventlog';
import { fakePlatform } from '../testing/fake-platform.ts';
import { useCli } from '../testing/use-cli.ts';

test('metrics of agents and workflows are shown', async () => {
  const asked: GetAgentMetricsRequest[] = [];
  const latency = { count: 3n, p50: { nanos: 12_000_000 }, p95: { seconds: 2n }, p99: { seconds: 2n } };
  await using platform = await fakePlatform(({ service }) =>
    service(MetricsService, {
      getAgentMetrics(request) {
        asked.push(request);
        return {
          metrics: [
            { agentVersion: '1.0.0', callCount: 3n, failuresByCode: { TIMEOUT: 1n }, latency, inputTokens: 7n },
          ],
          messagesSent: 2n,
        };
      },
      getWorkflowMetrics: () => ({ metrics: [{ startedCount: 5n, doneCount: 4n }] }),
    }),
  );
  const skein = async (...args: string[]) => (await useCli(['--api', platform.url, ...args])).stdout;
  const agent = await skein('agents', 'metrics', 'writer', '--by', 'version', '--since', '1d');
  assert.match(agent, /1\.0\.0 +all +3 +1 TIMEOUT +p50 12 ms, p95 2\.0 s, p99 2\.0 s +7\/0/);
  assert.match(agent, /messages: 2 sent, 0 to it/);
  assert.equal(asked[0]?.groupBy, AgentMetricsGroup.VERSION);
  const ageS = Date.now() / 1000 - Number(asked[0].startTime?.seconds);
  assert.ok(ageS >= 86_400 && ageS < 86_500, String(ageS));
  assert.match(await skein('workflows', 'metrics', 'w'), /all +5 +4 +0 +0 +0 +-/);
});

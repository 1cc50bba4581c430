import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayRig } from '../testing/gateway-rig.ts';

test('metrics of agents and workflows', async () => {
  await using rig = await gatewayRig();
  const agent = await rig.json('GET', '/api/v1/agents/writer/metrics?group_by=version');
  assert.partialDeepStrictEqual(agent.body, {
    metrics: [{ agent_version: '1.0.0', call_count: 3, failures_by_code: { TIMEOUT: 1 }, latency: { p50: '0.19s' } }],
    messages_sent: 2,
  });
  const workflow = await rig.json('GET', '/api/v1/workflows/w/metrics?by_version=true&start_time=1970-01-01T00:01:00Z');
  assert.partialDeepStrictEqual(workflow.body, {
    metrics: [{ workflow_version: 4, started_count: 60, done_count: 3 }],
  });
  for (const path of ['agents/writer/metrics?group_by=colour', 'workflows/w/metrics?start_time=yesterday']) {
    assert.deepEqual((await rig.json('GET', `/api/v1/${path}`)).status, 400, path);
  }
});

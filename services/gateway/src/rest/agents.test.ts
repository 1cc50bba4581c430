import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentProtocol, RoutingStrategy } from '@skein/contracts/registry';
import { eventually } from '@skein/testkit';
import { FIRST_EVENT_MS } from '../testing/fake-events.ts';
import { gatewayRig } from '../testing/gateway-rig.ts';

const TIME = '2026-11-05T09:30:00.000Z';

test('an agent is registered, changed, found and forgotten', async () => {
  await using rig = await gatewayRig();
  const body = {
    agent_id: 'classifier-agent',
    endpoints: ['grpc://127.0.0.1:9001', 'grpc://127.0.0.1:9002'],
    capabilities: ['classification'],
    protocol: 'grpc',
    config: { temperature: 0 },
    timeout: '1500ms',
    labels: { team: 'support' },
  };
  const registered = await rig.json('POST', '/api/v1/agents', body);
  assert.equal(registered.status, 201);
  const { instances, ...facts } = registered.body;
  assert.equal((instances as object[]).length, 2);
  assert.deepEqual(facts, {
    namespace: 'default',
    agent_id: 'classifier-agent',
    version: '0.0.0',
    capabilities: ['classification'],
    protocol: 'GRPC',
    labels: { team: 'support' },
    config: { temperature: 0 },
    timeout: '1.5s',
    versions: [],
    created_at: TIME,
    updated_at: TIME,
  });
  assert.equal((await rig.json('POST', '/api/v1/agents', body)).status, 200);
  const found = await rig.json('GET', '/api/v1/agents?capability=classification');
  assert.equal((found.body['agents'] as object[]).length, 1);
  const none = await rig.json('GET', '/api/v1/agents?capability=classification&capability=cooking');
  assert.deepEqual(none.body['agents'], []);
  assert.equal((await rig.json('DELETE', '/api/v1/agents/classifier-agent')).status, 204);
  const gone = await rig.json('GET', '/api/v1/agents/classifier-agent');
  assert.deepEqual([gone.status, gone.body.error.reason], [404, 'AGENT_NOT_FOUND']);
});

test('an agent without an id, or with two kinds of endpoints, is refused', async () => {
  await using rig = await gatewayRig();
  const nameless = await rig.json('POST', '/api/v1/agents', { endpoint: 'grpc://127.0.0.1:1' });
  assert.deepEqual(nameless.body.error.violations, [
    { field: 'agent_id', description: 'is required', reason: 'REQUIRED' },
  ]);
  const both = await rig.json('POST', '/api/v1/agents', { agent_id: 'a', endpoint: 'x:1', endpoints: ['y:1'] });
  assert.equal(both.body.error.place, 'endpoint');
});

test('an invoked agent is waited for as long as agents may take', async () => {
  await using rig = await gatewayRig({ agentTimeoutMs: 20 });
  const late = await rig.json('POST', '/api/v1/agents/billing/invoke', { input: { text: 'hi' } });
  assert.deepEqual([late.status, late.body.state], [202, 'RUNNING']);
  const waiting = rig.json('POST', '/api/v1/agents/billing/invoke', { input: 1, wait: '1m', config: { max: 1 } });
  await eventually(() => rig.scheduler.starts.length === 2, { describe: 'the second start' });
  const { target, runId } = rig.scheduler.starts[1]?.request ?? assert.fail('nothing was started');
  assert.deepEqual(target.case === 'agent' && target.value.config, { max: 1 });
  rig.scheduler.finish(runId, { text: 'ho' });
  const { status, body } = await waiting;
  assert.deepEqual([status, body['output'], body['workflow_id']], [200, { text: 'ho' }, 'agent.billing']);
});

test('the tasks of an agent are its runs', async () => {
  await using rig = await gatewayRig();
  await rig.json('POST', '/api/v1/agents/billing/invoke?wait=1ms');
  await rig.json('POST', '/api/v1/agents/other/invoke?wait=1ms');
  const { body } = await rig.json('GET', '/api/v1/agents/billing/tasks');
  assert.equal((body['tasks'] as object[]).length, 1);
  const absent = await rig.json('GET', '/api/v1/agents/absent/tasks');
  assert.deepEqual([absent.status, absent.body.error.reason], [404, 'AGENT_NOT_FOUND']);
});

test('the Go orchestrator’s clients register and list as they are used to', async () => {
  await using rig = await gatewayRig();
  const demo = { agent_id: 'demo_agent', name: 'Demo Agent', endpoint: 'http://localhost:8000' };
  const { status, body } = await rig.json('POST', '/v1/agents/register', demo);
  assert.deepEqual([status, body], [200, { ok: true, registered_at: TIME }]);
  const { agent } = await rig.clients.agents.getAgent({ agentId: 'demo_agent' });
  assert.equal(agent?.protocol, AgentProtocol.HTTP_INVOKE_SSE);
  const shown = {
    agent_id: 'demo_agent',
    name: 'Demo Agent',
    status: 'healthy',
    last_heartbeat_at: TIME,
    endpoint: 'http://localhost:8000',
    capabilities: [],
  };
  assert.deepEqual((await rig.json('GET', '/v1/agents')).body, { agents: [shown] });
  assert.deepEqual((await rig.json('GET', '/v1/agents/demo_agent')).body, shown);
});

test('the Go orchestrator’s clients replay a run by time, type and page', async () => {
  await using rig = await gatewayRig();
  const { body: run } = await rig.json('POST', '/api/v1/agents/demo/invoke?wait=1ms');
  for (const text of ['a', 'b']) {
    const value = { $typeName: 'skein.event.v1.AgentStreamDelta' as const, text, offsetBytes: 0n };
    rig.events.append(run.run_id, { case: 'agentStreamDelta', value });
  }
  rig.scheduler.finish(run.run_id, {});
  const path = `/v1/runs/${run.run_id}/events`;
  const { body: all } = await rig.json('GET', path);
  assert.deepEqual([all['has_more'], all['next_cursor']], [false, '']);
  assert.deepEqual(
    all.events.map(({ type }) => type),
    ['run_started', 'agent_stream_delta', 'agent_stream_delta', 'run_done'],
  );
  assert.deepEqual(all.events[1], {
    event_id: `${run.run_id}/reply/1/1/1`,
    run_id: run.run_id,
    ts: FIRST_EVENT_MS + 1000,
    type: 'agent_stream_delta',
    payload: { text: 'a', offset_bytes: 0 },
  });
  const { body: first } = await rig.json('GET', `${path}?limit=2`);
  assert.deepEqual([first.events.length, first['has_more']], [2, true]);
  const { body: second } = await rig.json('GET', `${path}?limit=2&cursor=${String(first['next_cursor'])}`);
  assert.deepEqual([...first.events, ...second.events], all.events);
  const { body: later } = await rig.json('GET', `${path}?limit=1&after_ts=${FIRST_EVENT_MS + 1000}`);
  assert.deepEqual(later.events, [all.events[2]]);
  const { body: some } = await rig.json('GET', `${path}?types=run_done,run_failed`);
  assert.deepEqual(some.events, [all.events[3]]);
});

test('instances are heard, drained, enabled and forgotten', async () => {
  await using rig = await gatewayRig();
  const beat = { instances: [{ instance_id: 'here', health: 'DEGRADED', load: 0.5 }, { instance_id: 'gone' }] };
  const heard = await rig.json('POST', '/api/v1/agents/a/heartbeat', beat);
  assert.deepEqual([heard.status, heard.body['unknown_instance_ids']], [200, ['gone']]);
  const drained = await rig.json('POST', '/api/v1/agents/a/instances/here/drain', { reason: 'update' });
  assert.partialDeepStrictEqual(drained.body, { instance_id: 'here', drained: true, drain_reason: 'update' });
  const enabled = await rig.json('POST', '/api/v1/agents/a/instances/here/enable');
  assert.partialDeepStrictEqual(enabled.body, { instance_id: 'here', drained: false });
  assert.equal((await rig.json('DELETE', '/api/v1/agents/a/instances/here')).status, 204);
  const wrong = await rig.json('POST', '/api/v1/agents/a/heartbeat', { instances: [{ load: 2 }] });
  assert.equal(wrong.status, 400);
});

test('what can do something is discovered', async () => {
  await using rig = await gatewayRig();
  const asked = '/api/v1/discovery?capability=x&capability=y&label=zone%3Da&version=%5E1.2&min_health=DEGRADED';
  const { status, body } = await rig.json('GET', asked);
  assert.equal(status, 200);
  assert.partialDeepStrictEqual(body['agents'], [
    { agent_id: 'x+y', version: { version: '1.2', labels: { zone: 'a' } }, instances: [{ health: 'DEGRADED' }] },
  ]);
  assert.equal((await rig.json('GET', '/api/v1/discovery?label=zone')).body.error.place, 'label');
});

test('a registration says how calls are routed and how long instances live', async () => {
  await using rig = await gatewayRig();
  const body = {
    agent_id: 'tutor',
    endpoint: '127.0.0.1:9001',
    lease_ttl: '30s',
    routing: { strategy: 'ROUND_ROBIN', session_affinity: true, circuit_breaker: { reset_timeout: '5s' } },
    probe: { interval: '1s', unhealthy_threshold: 2 },
    skills: [{ skill_id: 'hint', tags: ['help'] }],
    credentials: { secret: 'tutor-key', header: 'x-api-key' },
  };
  const { status } = await rig.json('POST', '/api/v1/agents', body);
  assert.equal(status, 201);
  const { agent } = await rig.clients.agents.getAgent({ agentId: 'tutor' });
  assert.deepEqual(
    [agent?.routing?.strategy, agent?.routing?.sessionAffinity, agent?.routing?.circuitBreaker?.resetTimeout?.seconds],
    [RoutingStrategy.ROUND_ROBIN, true, 5n],
  );
  const shown = await rig.json('GET', '/api/v1/agents/tutor');
  assert.deepEqual(shown.body['credentials'], body.credentials);
  const typo = await rig.json('POST', '/api/v1/agents', { ...body, routing: { strategi: 'RANDOM' } });
  assert.equal(typo.status, 400);
});

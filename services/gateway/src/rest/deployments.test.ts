import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayRig } from '../testing/gateway-rig.ts';

const TEMPLATE = {
  agent_id: 'a',
  version: '1.0.0',
  protocol: 'http_process',
  process: { command: 'node', args: ['main.js', '--port', '${PORT}'] },
  env: { MODE: 'fast' },
  secret_env: { KEY: 'k' },
  stop_timeout: '30s',
};
const BODY = {
  deployment_id: 'd',
  replicas: 0,
  template: TEMPLATE,
  rollout: { max_surge: 2, progress_deadline: '2m' },
};

test('a deployment is applied, shown, listed, scaled, rolled back and deleted', async () => {
  await using rig = await gatewayRig();
  const first = await rig.json('POST', '/api/v1/deployments?namespace=acme', BODY);
  assert.deepEqual([first.status, first.headers.get('location')], [201, '/api/v1/deployments/d']);
  assert.partialDeepStrictEqual(first.body, {
    namespace: 'acme',
    replicas: 0,
    template: { ...TEMPLATE, protocol: 'HTTP_PROCESS' },
    rollout: { max_surge: 2, progress_deadline: '120s' },
    status: { phase: 'PROGRESSING', revision: 1 },
  });
  // What is shown may be sent back, without what the registry says.
  const { deployment_id, template, rollout } = first.body;
  const again = await rig.json('POST', '/api/v1/deployments', { deployment_id, template, rollout });
  assert.equal(again.status, 200);
  const path = '/api/v1/deployments/d';
  assert.equal((await rig.json('POST', `${path}/scale`, { replicas: 3 })).body['replicas'], 3);
  const policy = { min_replicas: 0, target_load: 0.5, idle_timeout: '1m30s' };
  const scaled = await rig.json('POST', `${path}/autoscale`, policy);
  assert.partialDeepStrictEqual(scaled.body, { autoscale: { ...policy, idle_timeout: '90s' } });
  assert.equal('autoscale' in (await rig.json('POST', `${path}/autoscale`, { off: true })).body, false);
  const back = await rig.json('POST', `${path}/rollback`, { revision: 4 });
  assert.partialDeepStrictEqual(back.body, { status: { revision: 5 } });
  assert.equal((await rig.json('GET', path)).body['deployment_id'], 'd');
  assert.equal(((await rig.json('GET', '/api/v1/deployments')).body['deployments'] as object[]).length, 1);
  assert.equal((await rig.json('DELETE', path)).status, 202);
  const gone = await rig.json('GET', path);
  assert.deepEqual([gone.status, gone.body.error.reason], [404, 'DEPLOYMENT_NOT_FOUND']);
});

test('a container with limits is applied as people write them', async () => {
  await using rig = await gatewayRig();
  const { process: _process, ...rest } = TEMPLATE;
  const container = { image: 'greeter:1.0.0', pull: 'never', port: 9000 };
  const template = { ...rest, container, resources: { cpu: '500m', memory: '512Mi' } };
  const { status, body } = await rig.json('POST', '/api/v1/deployments', { ...BODY, template });
  assert.equal(status, 201);
  assert.partialDeepStrictEqual(body, {
    template: {
      container: { ...container, pull: 'NEVER' },
      resources: { cpu_millis: 500, memory_bytes: 536_870_912 },
    },
  });
});

test('what instances write is read and followed as events', async () => {
  await using rig = await gatewayRig();
  await rig.json('POST', '/api/v1/deployments', BODY);
  const path = `${rig.url}/api/v1/deployments/d/logs`;
  const response = await fetch(`${path}?tail_lines=1`);
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  const text = await response.text();
  assert.match(
    text,
    /^id: d-1\/1\nevent: log\ndata: \{"assignment_id":"d-1","time":"[^"]+","text":"line 1","restarts":1/,
  );
  assert.equal((await fetch(`${path}?tail_lines=0`)).status, 204);
  const following = await fetch(`${path}?follow=true&assignment_id=d-7`);
  const reader = following.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!seen.includes(': alive')) seen += (await reader?.read())?.value ?? '';
  assert.match(seen, /d-7\/1[^]*d-7\/2/);
  await reader?.cancel();
  const gone = await rig.json('GET', '/api/v1/deployments/x/logs');
  assert.deepEqual([gone.status, gone.body.error.reason], [404, 'DEPLOYMENT_NOT_FOUND']);
  assert.equal((await fetch(`${path}?tail_lines=1001`)).status, 400);
});

test('what is no deployment is refused with the field', async () => {
  await using rig = await gatewayRig();
  for (const [body, field] of [
    [{ deployment_id: 'd' }, 'template'],
    [{ ...BODY, replicas: 1001 }, 'replicas'],
    [{ ...BODY, template: { ...TEMPLATE, stop_timeout: 'soon' } }, 'template.stop_timeout'],
    [{ ...BODY, template: { ...TEMPLATE, image: 'x' } }, 'template.image'],
  ] as const) {
    const { status, body: answer } = await rig.json('POST', '/api/v1/deployments', body);
    assert.deepEqual([status, answer.error.reason], [400, 'INVALID_FIELD']);
    assert.match(JSON.stringify(answer), new RegExp(field.replace('.', String.raw`\.`)));
  }
});

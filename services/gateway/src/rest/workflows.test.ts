import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayRig } from '../testing/gateway-rig.ts';

test('a definition is stored, changed and left alone', async () => {
  await using rig = await gatewayRig();
  const apply = (body: object) => rig.json('POST', '/api/v1/workflows', body);
  const first = await apply({ id: 'flow', nodes: [] });
  assert.deepEqual([first.status, first.body['created']], [201, true]);
  assert.equal(first.headers.get('location'), '/api/v1/workflows/flow');
  const same = await apply({ id: 'flow', nodes: [] });
  assert.deepEqual([same.status, same.body['created']], [200, false]);
  assert.equal((await apply({ id: 'flow', nodes: [{}] })).status, 201);
  const { body: latest } = await rig.json('GET', '/api/v1/workflows/flow');
  assert.equal(latest['version'], 2);
  const { body: old } = await rig.json('GET', '/api/v1/workflows/flow?version=1');
  assert.deepEqual(old['definition'], { id: 'flow', nodes: [] });
  const { body: versions } = await rig.json('GET', '/api/v1/workflows/flow/versions');
  assert.deepEqual(
    (versions['versions'] as { version: number }[]).map(({ version }) => version),
    [2, 1],
  );
  const { body: list } = await rig.json('GET', '/api/v1/workflows');
  assert.equal((list['workflows'] as object[]).length, 3);
});

for (const type of ['application/yaml', 'text/yaml', 'application/x-yaml', 'application/yaml; charset=utf-8']) {
  test(`a definition is read as ${type}`, async () => {
    await using rig = await gatewayRig();
    const { status, body } = await rig.json('POST', '/api/v1/workflows', 'id: in-yaml\nnodes: []\n', {
      'content-type': type,
    });
    assert.equal(status, 201);
    assert.equal((body['workflow'] as { workflow_id: string }).workflow_id, 'in-yaml');
  });
}

test('a definition of another type, or none, is refused', async () => {
  await using rig = await gatewayRig();
  const text = await rig.json('POST', '/api/v1/workflows', 'id: x', { 'content-type': 'text/plain' });
  assert.deepEqual([text.status, text.body.error.reason], [415, 'UNSUPPORTED_MEDIA_TYPE']);
  assert.match(text.body.error.remedy ?? '', /application\/yaml/);
  const none = await rig.json('POST', '/api/v1/workflows');
  assert.deepEqual([none.status, none.body.error.violations[0]?.reason], [400, 'REQUIRED']);
  const unknown = await rig.json('POST', '/api/v1/workflows?dry_run=true', { id: 'x' });
  assert.deepEqual([unknown.status, unknown.body.error.place], [400, 'dry_run']);
});

test('validation stores nothing', async () => {
  await using rig = await gatewayRig();
  const { status, body } = await rig.json('POST', '/api/v1/workflows/validate', { id: 'flow' });
  assert.deepEqual([status, body], [200, { valid: true, problems: [], definition: { id: 'flow' } }]);
  assert.equal((await rig.json('GET', '/api/v1/workflows/flow')).body.error.reason, 'WORKFLOW_NOT_FOUND');
});

test('models are listed and asked', async () => {
  await using rig = await gatewayRig();
  const { body: models } = await rig.json('GET', '/api/v1/llm/models');
  assert.deepEqual(models['models'], [{ model: 'builtin/echo', provider: 'builtin', description: 'Says it again.' }]);
  const messages = [{ role: 'user', content: 'hello' }];
  const { status, body } = await rig.json('POST', '/api/v1/llm/complete', { messages, seed: 7, timeout: '1s' });
  assert.deepEqual([status, body['text'], body['output_tokens']], [200, 'hello', 4]);
  const absent = await rig.json('POST', '/api/v1/llm/complete', { messages, model: 'absent' });
  assert.deepEqual([absent.status, absent.body.error.reason], [404, 'MODEL_NOT_FOUND']);
});

test('versions are compared and deprecated', async () => {
  await using rig = await gatewayRig();
  const between = await rig.json('GET', '/api/v1/workflows/echo/diff?from=1&to=1');
  assert.equal(between.status, 200);
  assert.partialDeepStrictEqual(between.body, {
    from: { workflow_id: 'echo', version: 1 },
    changes: [{ part: 'SETTING', kind: 'ADDED', path: '1' }],
    open_runs: [{ run_id: 'r', state: 'RUNNING', divergences: [{ code: 'NODE_MISSING', seq: 2 }] }],
  });
  const given = await rig.json('POST', '/api/v1/workflows/echo/diff', { workflow: { id: 'echo' } });
  assert.partialDeepStrictEqual(given.body, { changes: [{ path: '{"id":"echo"}' }] });
  const nothing = await rig.json('POST', '/api/v1/workflows/echo/diff', {});
  assert.deepEqual([nothing.status, nothing.body.error.place], [400, 'workflow']);
  const path = '/api/v1/workflows/echo/versions/1/deprecation';
  const marked = await rig.json('PUT', `${path}?reason=old`);
  assert.deepEqual([marked.status, marked.body['deprecation_reason']], [200, 'old']);
  const undone = await rig.json('DELETE', path);
  assert.deepEqual([undone.status, undone.body['deprecation_reason']], [200, undefined]);
});

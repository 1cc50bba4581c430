import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayRig } from '../testing/gateway-rig.ts';

const GZIP = { 'content-type': 'application/gzip' };
const PATH = '/api/v1/packages/acme/greeter';

test('a package is published as it is, found, fetched from anywhere on, installed and taken back', async () => {
  await using rig = await gatewayRig();
  const archive = Buffer.alloc(2 * 1024 * 1024, 'skein');
  const publish = () => fetch(`${rig.url}/api/v1/packages`, { method: 'POST', headers: GZIP, body: archive });
  const first = await publish();
  assert.deepEqual([first.status, first.headers.get('location')], [201, PATH]);
  assert.partialDeepStrictEqual(await first.json(), { manifest: { name: 'acme/greeter' }, size_bytes: archive.length });
  assert.equal((await publish()).status, 200);
  const found = await rig.json('GET', '/api/v1/packages?text=greet&capability=greet');
  assert.equal((found.body['packages'] as object[]).length, 1);
  assert.equal((await rig.json('GET', `${PATH}?version=^1`)).status, 200);
  assert.equal(((await rig.json('GET', `${PATH}/versions`)).body['packages'] as object[]).length, 1);
  for (const offset of [0, 7]) {
    const response = await fetch(`${rig.url}${PATH}/archive?offset_bytes=${offset}`);
    assert.equal(response.headers.get('etag'), '"sha256:0"');
    assert.equal(response.headers.get('content-length'), String(archive.length - offset));
    assert.ok(Buffer.from(await response.arrayBuffer()).equals(archive.subarray(offset)));
  }
  const wishes = { agent_id: 'mine', replicas: 3, env: { A: 'b' } };
  const { body } = await rig.json('POST', `${PATH}/install`, wishes);
  assert.partialDeepStrictEqual(body, {
    package: { digest: 'sha256:0' },
    deployment: { deployment_id: 'mine', replicas: 3, template: { env: { A: 'b' } } },
  });
  assert.equal((await rig.json('DELETE', '/api/v1/installed-packages/mine')).status, 202);
  assert.equal((await rig.json('POST', `${PATH}/yank`, { version: '1.0.0' })).body['yanked'], true);
  assert.equal((await rig.json('POST', `${PATH}/yank`, { version: '1.0.0', undo: true })).body['yanked'], false);
  for (const _again of [1, 2]) assert.equal((await rig.json('DELETE', `${PATH}/versions/1.0.0`)).status, 204);
  assert.equal((await rig.json('GET', PATH)).status, 404);
  const gone = await rig.json('GET', '/api/v1/packages/acme/other');
  assert.deepEqual([gone.status, gone.body.error.reason], [404, 'PACKAGE_NOT_FOUND']);
});

test('what is no archive, or too much, is refused', async () => {
  await using rig = await gatewayRig();
  const json = await rig.json('POST', '/api/v1/packages', {});
  assert.deepEqual([json.status, json.body.error.reason], [400, 'INVALID_FIELD']);
  const body = Buffer.alloc(14 * 1024 * 1024);
  const large = await fetch(`${rig.url}/api/v1/packages`, { method: 'POST', headers: GZIP, body });
  assert.equal(large.status, 413);
});

test('what may be installed is said as a whole', async () => {
  await using rig = await gatewayRig();
  const path = '/api/v1/install-policy';
  const none = await rig.json('GET', path);
  assert.deepEqual([none.status, none.body['require_signature'] ?? false], [200, false]);
  const wanted = { require_signature: true, allowed_key_ids: ['0'.repeat(32)] };
  const set = await rig.json('PUT', path, wanted);
  assert.deepEqual([set.status, set.body], [200, { namespace: 'default', ...wanted }]);
  assert.deepEqual((await rig.json('GET', path)).body, set.body);
});

test('keys are trusted, listed and trusted no longer', async () => {
  await using rig = await gatewayRig();
  const { status, body } = await rig.json('POST', '/api/v1/trusted-keys', { publisher: 'acme', public_key: 'pem' });
  assert.deepEqual([status, body['key_id'], body['publisher']], [200, 'k', 'acme']);
  assert.equal(((await rig.json('GET', '/api/v1/trusted-keys')).body['keys'] as object[]).length, 1);
  assert.equal((await rig.json('DELETE', '/api/v1/trusted-keys/k')).status, 204);
  assert.deepEqual((await rig.json('GET', '/api/v1/trusted-keys')).body['keys'], []);
});

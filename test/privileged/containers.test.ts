/** Containers from the file to the Engine and back, and everything that goes wrong with them, on a real Engine. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Mode } from '../e2e/harness/platform.ts';
import { ROOT } from '../e2e/harness/skein.ts';
import { TestEngine } from './engine/test-engine.ts';
import { Workshop } from './engine/workshop.ts';

const MODES: readonly Mode[] = ['embedded', 'distributed'];
const TIME = { timeout: 240_000 };

let engine: TestEngine;

before(async () => {
  engine = await TestEngine.start();
});

after(() => engine[Symbol.asyncDispose]());

for (const mode of MODES) {
  test(`a container is deployed, scaled, rolled out, rolled back and gone (${mode})`, TIME, async () => {
    await using shop = await Workshop.open(mode, engine);
    await shop.apply();
    const first = await shop.call();
    assert.deepEqual([first.version, first.pid, first.isSecret], ['1.0.0', 1, true]);
    const [instance] = await shop.instances();
    const facts = await engine.docker('inspect', '--format', '{{json .Config.Labels}}', instance?.container_id ?? '');
    assert.partialDeepStrictEqual(JSON.parse(facts), {
      'skein.namespace': 'default',
      'skein.deployment': 'd',
      'skein.assignment': first.assignment,
    });
    assert.match(instance?.endpoint ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);

    const scaled = await shop.platform.skein('deployments', 'scale', 'd', '--replicas', '3');
    assert.equal(scaled.code, 0, scaled.stderr);
    await shop.ready();
    assert.equal((await engine.containers()).length, 3);
    await shop.apply({ version: '1.1.0', replicas: 3 });
    assert.equal((await shop.call()).version, '1.1.0');
    const back = await shop.platform.skein('deployments', 'rollback', 'd');
    assert.equal(back.code, 0, back.stderr);
    await shop.ready();
    assert.equal((await shop.call()).version, '1.0.0');
    await shop.delete();
    assert.deepEqual(await engine.containers(), []);
  });
}

test('the example runs as it is written', TIME, async () => {
  await engine.makeImage('skein-greeter:1.0.0', join(ROOT, 'examples/deployments/main.ts'));
  await using shop = await Workshop.open('embedded', engine);
  const { skein } = shop.platform;
  const file = join(ROOT, 'examples/deployments/greeter-container.yaml');
  const applied = await skein('deployments', 'apply', '-f', file, '--wait', '60s');
  assert.equal(applied.stdout, 'greeter created: greeter 1.0.0, ready, 2/2 ready\n', applied.stderr);
  const { stdout } = await skein('agents', 'invoke', 'greeter', '--input', '{"name":"Ada"}');
  assert.equal((JSON.parse(stdout) as { readonly greeting: string }).greeting, 'Hello, Ada!');
  assert.match(
    (await skein('deployments', 'get', 'greeter')).stdout,
    /runs +image skein-greeter:1\.0\.0\n[^]* container [0-9a-f]{12} /,
  );
  await shop.delete('greeter');
});

test('an instance may no more than its template says', TIME, async () => {
  await using shop = await Workshop.open('embedded', engine);
  const resources = { cpu: '500m', memory: '128Mi' };
  await shop.apply({ container: { user: '1000:1000', read_only_root: true, port: 9000 }, template: { resources } });
  const said = await shop.call();
  assert.deepEqual([said.user, said.root, said.tmp], [1000, false, true]);
  const [instance] = await shop.instances();
  const config = await engine.docker('inspect', '--format', '{{json .HostConfig}}', instance?.container_id ?? '');
  assert.partialDeepStrictEqual(JSON.parse(config), {
    Memory: 134_217_728,
    MemorySwap: 134_217_728,
    CpuQuota: 50_000,
    PidsLimit: 4096,
    Privileged: false,
    RestartPolicy: { Name: 'no' },
    SecurityOpt: ['no-new-privileges'],
  });
});

test('one that needs more memory than it may have is killed, says so, and is started again', TIME, async () => {
  await using shop = await Workshop.open('embedded', engine);
  await shop.apply({ mode: 'greedy', template: { resources: { memory: '96Mi' } } });
  await shop.call();
  const { failure = '' } = await shop.until('its end', ({ failure: text }) => text?.includes('memory') === true);
  assert.match(failure, /skein-test\/agent:1 ran out of memory: it may have 96 MiB; its last lines:\n[^]*call 1/);
  await shop.until('its next start', ({ state, restarts = 0 }) => state === 'RUNNING' && restarts === 1);
});

test('what cannot be started says why, and is tried again', TIME, async () => {
  await using shop = await Workshop.open('embedded', engine);
  const says = (text: RegExp) => shop.until(String(text), ({ failure = '' }) => text.test(failure));
  await shop.apply({ container: { image: 'skein-test/none:1' } }, '');
  await says(/the Engine does not have the image skein-test\/none:1, and is told never to pull it/);
  await shop.apply({ container: { image: '127.0.0.1:1/none:1', pull: 'if_absent' } }, '');
  await says(/the image 127\.0\.0\.1:1\/none:1 cannot be pulled: .*refused/);
  await shop.apply({ container: { command: '/no/such/program' } }, '');
  await says(/\/no\/such\/program.*no such file or directory/);
  await shop.apply({ container: { args: ['-e', 'console.log("bye"); process.exit(3)'] } }, '');
  await says(/ended with exit code 3; its last lines:\nbye/);
  assert.equal((await shop.get()).status.phase, 'PROGRESSING');
  await shop.apply();
  await shop.delete();
  assert.deepEqual(await engine.containers(), [], 'nothing of the tries is left');
});

test('one that does not answer any more is replaced; one that is removed by hand too', TIME, async () => {
  await using shop = await Workshop.open('embedded', engine);
  await shop.apply({ mode: 'sick' });
  await shop.call();
  const { failure } = await shop.until('the first end', ({ restarts = 0 }) => restarts > 0);
  assert.match(failure ?? '', /^does not answer any more: GET \/health is answered with 503; .* exit code 0/);
  const { container_id: id = '' } = await shop.until('the next one', ({ state }) => state === 'RUNNING');
  await engine.docker('rm', '--force', id);
  await shop.until('its end', ({ failure: text = '' }) => /exit code 137|was removed/.test(text));
  const next = await shop.until('another', ({ state, container_id }) => state === 'RUNNING' && container_id !== id);
  await engine.docker('restart', next.container_id ?? '');
  await shop.until('a third', ({ state, container_id }) => state === 'RUNNING' && container_id !== next.container_id);
  assert.equal((await engine.containers()).length, 1);
});

test('one that ignores SIGTERM is killed; its lines are followed to the end, without its secret', TIME, async () => {
  await using shop = await Workshop.open('embedded', engine);
  await shop.apply({ mode: 'deaf' });
  const tail = await shop.platform.skein('deployments', 'logs', 'd');
  assert.match(tail.stdout, /^d-\S+ started 1\.0\.0 as d-\S+, the secret is \*\*\*\n$/);
  const following = shop.platform.skein('deployments', 'logs', 'd', '--follow', '-o', 'json');
  for (let call = 0; call < 3; call += 1) await shop.call();
  await shop.delete();
  const { code, stdout, stderr } = await following;
  assert.equal(code, 0, stderr);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { text: string; number: number });
  assert.deepEqual(
    lines.map(({ text }) => text.replace(/ as .*/, '')),
    ['started 1.0.0', 'call 1', 'call 2', 'call 3', 'asked to end'],
  );
  assert.deepEqual(await engine.containers(), []);
});

test('one log goes on over restarts', TIME, async () => {
  await using shop = await Workshop.open('distributed', engine);
  await shop.apply();
  const [instance] = await shop.instances();
  const id = instance?.assignment_id ?? '';
  const following = shop.platform.skein('deployments', 'logs', 'd', '--follow', '--instance', id, '-o', 'json');
  await engine.docker('kill', instance?.container_id ?? '');
  await shop.until('the next start', ({ state, restarts = 0 }) => state === 'RUNNING' && restarts === 1);
  await shop.call();
  await shop.delete();
  const { code, stdout, stderr } = await following;
  assert.equal(code, 0, stderr);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { text: string; restarts?: number });
  assert.deepEqual(
    lines.map(({ text, restarts = 0 }) => [text.split(' ')[0], restarts]),
    [
      ['started', 0],
      ['started', 1],
      ['call', 1],
      ['asked', 1],
    ],
  );
});

test('a platform that stops leaves no container', TIME, async () => {
  const shop = await Workshop.open('embedded', engine);
  await shop.apply({ replicas: 2 });
  assert.equal((await engine.containers()).length, 2);
  await shop[Symbol.asyncDispose]();
  assert.deepEqual(await engine.containers(), []);
});

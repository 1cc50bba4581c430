import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '@skein/testkit';
import { startDev } from './harness/platform.ts';
import { cleanEnvironment, ROOT, skein } from './harness/skein.ts';

const TICKETS = 6;

test('the demo starts everything, stops it again, and a second one adds its runs to those of the first', async () => {
  await using directory = await temporaryDirectory('demo');
  const env = cleanEnvironment({ SKEIN_DATA_DIR: directory.path, HTTP_PORT: '0' });
  const tickets = join(directory.path, 'tickets.jsonl');
  const all = await readFile(join(ROOT, 'examples/customer-support/tickets.jsonl'), 'utf8');
  await writeFile(tickets, all.split('\n').slice(0, TICKETS).join('\n'));

  const first = await skein(['demo', '--tickets', tickets], { env });
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /T-1002 +tech-agent +RUNNING/);
  assert.match(first.stdout, /T-1001 +✓ billing +Hello Dana/);
  assert.match(first.stdout, /accuracy +100.0 % +\(6 of 6 tickets/);
  assert.match(first.stdout, /Everything is stopped/);
  assert.equal((await skein(['runs', 'list'], { env })).code, 5, 'the platform is stopped');

  const second = await skein(['demo', '--tickets', tickets, '-o', 'json'], { env });
  assert.equal(second.code, 0, second.stderr);
  const { summary } = JSON.parse(second.stdout) as { summary: { runs: number; failed: number } };
  assert.equal(summary.failed, 0);

  await using platform = await startDev(directory.path);
  const listed = await skein(['runs', 'list', '-o', 'json', '--limit', '1000'], { env });
  const { runs } = JSON.parse(listed.stdout) as { runs: { state: string }[] };
  assert.equal(runs.length, 2 * summary.runs);
  assert.ok(runs.every(({ state }) => state === 'DONE'));
  const again = await skein(['dev'], { env });
  assert.deepEqual([again.code, again.stdout.includes(platform.apiUrl)], [0, true]);
  platform.process.kill('SIGINT');
  assert.deepEqual(await platform.process.exited, { code: 0, signal: null });
});

test('run starts the embedded platform for itself, and its run is there later', async () => {
  await using directory = await temporaryDirectory('run');
  const env = cleanEnvironment({ SKEIN_DATA_DIR: directory.path });
  const file = join(directory.path, 'greet.yaml');
  await writeFile(file, 'id: greet\nnodes:\n  - { id: g, type: transform, input: "Hello ${ input.name }" }\n');
  const ran = await skein(['run', file, '--input', '{"name":"Ada"}', '--label', 'who=ada'], { env });
  assert.deepEqual([ran.code, ran.stdout], [0, 'Hello Ada\n'], ran.stderr);

  await using platform = await startDev(directory.path);
  const listed = await skein(['runs', 'list', '-l', 'who=ada', '-o', 'json'], { env });
  const { runs } = JSON.parse(listed.stdout) as { runs: { run_id: string }[] };
  assert.equal(runs.length, 1);
  const doctor = await skein(['doctor'], { env });
  assert.equal(doctor.code, 0, doctor.stdout);
  assert.match(doctor.stdout, new RegExp(`✓ api: ${platform.apiUrl} answers`));
});

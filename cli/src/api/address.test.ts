import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '@skein/testkit';
import { settingsOf } from '../settings.ts';
import { useCli } from '../testing/use-cli.ts';
import { apiAddress, DEFAULT_API_URL } from './address.ts';

const NOBODY = 2 ** 22 + 1;

async function note(dataDir: string, mode: string, content: object): Promise<void> {
  await mkdir(join(dataDir, mode), { recursive: true });
  await writeFile(join(dataDir, mode, 'platform.json'), JSON.stringify({ mode, ...content }));
}

test('an address that is asked for wins, the option over the environment', async () => {
  const env = { SKEIN_API_URL: 'http://from-env:1/' };
  assert.equal(await apiAddress(settingsOf({}, env, '/nowhere')), 'http://from-env:1');
  assert.equal(await apiAddress(settingsOf({ api: 'http://from-option:2' }, env, '/nowhere')), 'http://from-option:2');
});

test('else it is the platform that runs from the data directory, the newest where there are two', async () => {
  await using directory = await temporaryDirectory('address');
  const settings = settingsOf({ dataDir: directory.path }, {}, '/nowhere');
  const embedded = { api_url: 'http://embedded', started_at: '2026-01-01T00:00:00Z', pid: process.pid };
  await note(directory.path, 'embedded', embedded);
  assert.equal(await apiAddress(settings), 'http://embedded');
  const services = { gateway: { pid: process.pid } };
  await note(directory.path, 'distributed', { api_url: 'http://up', started_at: '2026-01-02T00:00:00Z', services });
  assert.equal(await apiAddress(settings), 'http://up');
  await note(directory.path, 'distributed', {
    api_url: 'http://up',
    started_at: '2026-01-02T00:00:00Z',
    services: { gateway: { pid: NOBODY } },
  });
  assert.equal(await apiAddress(settings), 'http://embedded');
});

test('else the default, unless a data directory was asked for', async () => {
  await using directory = await temporaryDirectory('address');
  assert.equal(await apiAddress(settingsOf({}, {}, directory.path)), DEFAULT_API_URL);
  const { code, stderr } = await useCli(['runs', 'list', '--data-dir', directory.path]);
  assert.equal(code, 5);
  assert.match(stderr, /no platform runs from .*\n {2}where: --data-dir[^]*skein dev/);
});

test('an address where nobody answers, or somebody else, exits with 5 and says so', async () => {
  const absent = await useCli(['runs', 'list', '--api', 'http://127.0.0.1:1']);
  assert.equal(absent.code, 5);
  assert.match(absent.stderr, /no platform answers at http:\/\/127.0.0.1:1[^]*skein dev/);
  const malformed = await useCli(['runs', 'list', '--api', 'localhost']);
  assert.equal(malformed.code, 2);
});

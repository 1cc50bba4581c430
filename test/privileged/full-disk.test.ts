/** The disk of Postgres is full in the middle of 200 runs. Root is needed for a disk that can be filled. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readOptions } from '../chaos/options.ts';
import { replayArguments, runSession } from '../chaos/session.ts';

test('every promise is kept while there is no room for the database', { timeout: 240_000 }, async (context) => {
  const seed = Number(process.env['SKEIN_TEST_SEED'] ?? randomInt(2 ** 31));
  const options = readOptions(['--seed', String(seed), '--round', '0', '--faults', 'fill-disk']);
  const replay = `npm run chaos -- ${replayArguments(options, 0)}`;
  context.diagnostic(`seed ${seed}; to see it again: ${replay}`);
  const logsPath = join(tmpdir(), `skein-chaos-logs-${seed}`);
  const { ok, report } = await runSession(options, logsPath, (line) => context.diagnostic(line));
  assert.ok(ok, `to see it again: ${replay}\n${report}`);
});

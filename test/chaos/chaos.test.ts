/** A few of the faults, one after the other, in the middle of 200 runs. `npm run chaos` has them all, for as long as you like. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readOptions } from './options.ts';
import { replayArguments, runSession } from './session.ts';

const FAULTS = ['kill-scheduler', 'kill-postgres', 'kill-two-executors', 'wipe-nats'];

test('every promise is kept while processes, the database and the bus die', { timeout: 240_000 }, async (context) => {
  const seed = Number(process.env['SKEIN_TEST_SEED'] ?? randomInt(2 ** 31));
  const words = ['--seed', String(seed), '--round', '0', '--faults', FAULTS.join(','), '--in-turn'];
  const options = readOptions(words);
  const replay = `npm run chaos -- ${replayArguments(options, 0)}`;
  context.diagnostic(`seed ${seed}; to see it again: ${replay}`);
  const logsPath = join(tmpdir(), `skein-chaos-logs-${seed}`);
  const { ok, report } = await runSession(options, logsPath, (line) => context.diagnostic(line));
  assert.ok(ok, `to see it again: ${replay}\n${report}`);
});

import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseWorkflow, replay } from '@skein/domain';
import { historyOf, readHistoryFile } from '@skein/events';

const here = import.meta.dirname;

// A change of the definition that would have led one of these runs another way fails here, before anybody applies it.
for await (const path of glob('histories/*.jsonl', { cwd: here })) {
  test(`${path} replays on the definition as it is`, async () => {
    const { plan } = parseWorkflow(await readFile(join(here, 'workflow.yaml'), 'utf8'));
    assert.ok(plan);
    const { header, runEvents } = readHistoryFile(await readFile(join(here, path), 'utf8'));
    const run = { runId: header.run_id, namespace: header.namespace };
    assert.deepEqual(replay(plan, run, historyOf(runEvents)).divergences, []);
  });
}

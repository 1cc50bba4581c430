import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { outputOf, stateOf, Workplace } from '../e2e/harness/workplace.ts';
import type { TestPlatform } from '../e2e/harness/platform.ts';
import { FLOWS, type Flow } from './flow-cases.ts';

const FOLDER = join(import.meta.dirname, 'flows');

/** Flows of other systems, applied as they are and run to their ends. */
export function readyMadeFlowSuite(use: () => TestPlatform): void {
  suite('ready-made flows', { concurrency: true }, () => {
    for (const flow of FLOWS) test(`${flow.file} runs unchanged`, () => play(use(), flow));
  });
}

async function play(platform: TestPlatform, { file, workflowId, agents, cases }: Flow): Promise<void> {
  const place = new Workplace(platform, `flow-${workflowId}`.slice(0, 60));
  const { namespace } = place;
  await using workers = new AsyncDisposableStack();
  const asked: string[] = [];
  for (const [agentId, answer] of Object.entries(agents)) {
    workers.use(
      await place.worker(agentId, (input, { idempotencyKey }) => {
        asked.push(idempotencyKey.split('/')[1] ?? '');
        return answer(input);
      }),
    );
  }
  const applied = await platform.skein('workflows', 'apply', join(FOLDER, file), '-n', namespace);
  assert.equal(applied.code, 0, applied.stderr);
  const shown = await platform.skein('workflows', 'get', workflowId, '-n', namespace, '-o', 'json');
  const { definition } = JSON.parse(shown.stdout) as { readonly definition: unknown };
  const golden = await readFile(
    join(
      FOLDER,
      file.replace(/\.\w+$/, (ending) => `${ending}.native.json`),
    ),
    'utf8',
  );
  assert.deepEqual(definition, JSON.parse(golden), `the native form of ${file}`);
  for (const { input, output, asked: wanted } of cases) {
    asked.length = 0;
    const run = await place.ended(await place.start(workflowId, input));
    assert.deepEqual([stateOf(run), outputOf(run)], ['DONE', output], `${file} with ${JSON.stringify(input)}`);
    assert.deepEqual(asked.toSorted(), wanted, `${file} with ${JSON.stringify(input)}`);
  }
}

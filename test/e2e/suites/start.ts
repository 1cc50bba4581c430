import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { RunState } from '@skein/contracts/scheduler';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'starts';
const WORKFLOW = `
id: double
input_schema: { type: object, required: [n], properties: { n: { type: integer } } }
nodes:
  - { id: doubled, type: transform, input: "\${ input.n * 2 }" }
  - { id: shown, type: transform, input: { doubled: "\${ output.doubled }", label: "\${ string(output.doubled) }" } }
edges:
  - { from: doubled, to: shown }
`;

/** Starting runs: what `run` prints, idempotency, versions. */
export function startSuite(use: UsePlatform): void {
  suite('starts', () => {
    test('run applies a file, runs it and prints the output', async () => {
      const platform = use();
      const file = join(platform.dataDir, 'double.yaml');
      await writeFile(file, WORKFLOW);
      const { code, stdout, stderr } = await platform.skein('run', file, '-n', NAMESPACE, '--input', '{"n":21}');
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), { doubled: 42, label: '42' });
      assert.match(stderr, /doubled +SUCCEEDED[^]*shown +SUCCEEDED[^]*DONE/);
      const again = await platform.skein('workflows', 'apply', file, '-n', NAMESPACE);
      assert.equal(again.stdout, 'double version 1 unchanged\n');
    });

    test('the same request id gives the same run, a different request is refused', async () => {
      const { clients } = use();
      const source = WORKFLOW.replace('id: double', 'id: once');
      const namespace = NAMESPACE;
      await clients.workflows.applyWorkflow({ namespace, definition: { case: 'source', value: source } });
      const start = (n: number) =>
        clients.runs.startRun({
          namespace,
          target: { case: 'workflow', value: { workflowId: 'once' } },
          input: { kind: { case: 'structValue', value: { fields: { n: number(n) } } } },
          requestId: 'order-4711',
          waitTimeout: { seconds: 10n },
        });
      const answers = await Promise.all(Array.from({ length: 12 }, () => start(3)));
      assert.equal(new Set(answers.map(({ run }) => run?.runId)).size, 1);
      assert.equal(answers.filter(({ created }) => created).length, 1);
      assert.ok(answers.every(({ run }) => run?.state === RunState.DONE));
      const { runs } = await clients.runs.listRuns({ namespace, workflowId: 'once' });
      assert.equal(runs.length, 1);
      await assert.rejects(start(4), /order-4711 was used before/);
    });

    test('runs of another namespace are not seen', async () => {
      const { clients, skein } = use();
      const target = { case: 'llm', value: { model: 'builtin/echo' } } as const;
      const { run } = await clients.runs.startRun({ namespace: 'private', target });
      assert.ok(run);
      const { code, stderr } = await skein('runs', 'get', run.runId, '-n', 'somebody-else');
      assert.equal(code, 3);
      assert.match(stderr, /error:/);
    });
  });
}

function number(value: number) {
  return { kind: { case: 'numberValue' as const, value } };
}

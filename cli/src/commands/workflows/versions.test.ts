import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { EventService } from '@skein/contracts/eventlog';
import { RunState, WorkflowChangeKind, WorkflowPart, WorkflowService } from '@skein/contracts/scheduler';
import { readHistoryFile } from '@skein/events';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const EXAMPLE = resolve(import.meta.dirname, '../../../../examples/customer-support');
const HISTORY = readHistoryFile(await readFile(resolve(EXAMPLE, 'histories/charged-twice.jsonl'), 'utf8'));
const RUN = { runId: HISTORY.header.run_id, state: RunState.DONE, workflowVersion: 1 };

test('runs that the scheduler has forgotten are read from the history and replayed here', async () => {
  await using platform = await fakePlatform(({ service }) => {
    service(WorkflowService, {
      validateWorkflow: ({ againstRuns }) => ({
        valid: true,
        definition: HISTORY.definition as never,
        replays: againstRuns === 20 ? [{ ...RUN, pruned: true }] : [],
      }),
    });
    service(EventService, {
      listEvents: () => ({
        entries: HISTORY.runEvents.map((value) => ({ entry: { case: 'runEvent' as const, value } })),
      }),
    });
  });
  const file = resolve(EXAMPLE, 'workflow.yaml');
  const args = ['workflows', 'validate', file, '--api', platform.url];
  const human = await useCli([...args, '--against-runs']);
  assert.equal(human.code, EXIT.ok, human.stderr);
  assert.match(human.stdout, new RegExp(`run ${RUN.runId} DONE, version 1, 12 events: no divergence\n$`));
  const json = await useCli([...args, '--against-runs=20', '-o', 'json']);
  assert.partialDeepStrictEqual(JSON.parse(json.stdout), { valid: true, replays: [{ events: 12, divergences: [] }] });
  const without = await useCli([...args, '-o', 'json']);
  assert.deepEqual((JSON.parse(without.stdout) as { replays: unknown[] }).replays, []);
});

test('diff shows each change and what open runs would have done', async () => {
  const seen: unknown[] = [];
  const text = (value: string) => ({ kind: { case: 'stringValue' as const, value } });
  const divergence = { code: 'NODE_MISSING', seq: 3n, nodeId: 'a', recorded: 'node_scheduled', hint: 'no node a' };
  await using platform = await fakePlatform(({ service }) =>
    service(WorkflowService, {
      diffWorkflows({ workflowId, fromVersion, to }) {
        seen.push([workflowId, fromVersion, to.case, to.value]);
        return {
          from: { version: 2 },
          to: { version: 5 },
          changes: [
            { part: WorkflowPart.NODE, kind: WorkflowChangeKind.REMOVED, path: 'nodes.a', before: text('x') },
            { part: WorkflowPart.NODE, kind: WorkflowChangeKind.ADDED, path: 'nodes.b', after: text('y') },
          ],
          openRuns: [{ ...RUN, state: RunState.WAITING, events: 9n, divergences: [divergence] }],
        };
      },
    }),
  );
  const { code, stdout } = await useCli(['workflows', 'diff', 'w', '2', '5', '--api', platform.url]);
  assert.equal(code, EXIT.ok);
  assert.match(stdout, /^w: version 2 → version 5\n- nodes\.a: x\n\+ nodes\.b: y\n/);
  assert.match(
    stdout,
    /WAITING, version 1, 9 events: 1 divergence\n✗ seq 3 a: node_scheduled was recorded[^]*no node a/,
  );
  assert.deepEqual(seen, [['w', 2, 'toVersion', 5]]);
  const both = await useCli(['workflows', 'diff', 'w', '2', '5', '-f', '-', '--api', platform.url], { stdin: 'id: w' });
  assert.equal(both.code, EXIT.invalid);
});

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Code } from '@connectrpc/connect';
import { ProblemSeverity, WorkflowService } from '@skein/contracts/scheduler';
import { skeinError } from '@skein/rpc';
import { temporaryDirectory } from '@skein/testkit';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const PROBLEM = {
  severity: ProblemSeverity.ERROR,
  code: 'UNKNOWN_NODE_TYPE',
  path: 'nodes.a.type',
  message: 'there is no node type "agnet"',
  remedy: 'write agent',
  line: 3,
  column: 11,
};

const invalid = () =>
  skeinError({ reason: 'INVALID_WORKFLOW', code: Code.InvalidArgument, message: 'the workflow is not valid' });

test('apply prints what was stored and its warnings', async () => {
  const seen: string[] = [];
  await using platform = await fakePlatform(({ service }) =>
    service(WorkflowService, {
      applyWorkflow({ namespace, definition }) {
        seen.push(namespace, definition.case === 'source' ? definition.value : '');
        const warning = { ...PROBLEM, severity: ProblemSeverity.WARNING, message: 'nobody is there yet' };
        return { workflow: { workflowId: 'w', version: 4 }, created: true, warnings: [warning] };
      },
    }),
  );
  const args = ['workflows', 'apply', '-', '--api', platform.url, '-n', 'team'];
  const human = await useCli(args, { stdin: 'id: w' });
  assert.deepEqual(human, {
    code: EXIT.ok,
    stdout: 'w version 4 stored\n',
    stderr: 'warning - line 3, column 11: nodes.a.type: nobody is there yet; write agent\n',
  });
  assert.deepEqual(seen, ['team', 'id: w']);
  const { stdout } = await useCli([...args, '-o', 'json'], { stdin: 'id: w' });
  const { workflow, created } = JSON.parse(stdout) as { workflow: { workflow_id: string }; created: boolean };
  assert.deepEqual([workflow.workflow_id, created], ['w', true]);
});

test('a definition that is not valid is refused with line and column', async () => {
  await using platform = await fakePlatform(({ service }) =>
    service(WorkflowService, {
      applyWorkflow: () => Promise.reject(invalid()),
      validateWorkflow: () => ({ valid: false, problems: [PROBLEM] }),
    }),
  );
  await using directory = await temporaryDirectory('cli');
  const file = join(directory.path, 'flow.yaml');
  await writeFile(file, 'id: w');
  for (const command of ['apply', 'validate']) {
    const { code, stdout, stderr } = await useCli(['workflows', command, file, '--api', platform.url]);
    assert.equal(code, EXIT.invalid);
    assert.equal(stdout, '');
    assert.match(stderr, /error: the workflow in .*flow.yaml is not valid: 1 problem/);
    assert.match(stderr, /- line 3, column 11: nodes.a.type: there is no node type "agnet"; write agent/);
  }
  const { code, stdout } = await useCli(['workflows', 'apply', file, '--api', platform.url, '-o', 'json']);
  const { error } = JSON.parse(stdout) as { error: { reason: string; violations: object[] } };
  assert.equal(code, EXIT.invalid);
  assert.equal(error.reason, 'INVALID_WORKFLOW');
  assert.deepEqual(error.violations, [
    {
      field: 'nodes.a.type',
      description: 'there is no node type "agnet"; write agent',
      reason: 'UNKNOWN_NODE_TYPE',
      line: 3,
      column: 11,
    },
  ]);
});

test('lists are read page by page up to the limit', async () => {
  const pages: number[] = [];
  await using platform = await fakePlatform(({ service }) =>
    service(WorkflowService, {
      listWorkflows({ pageSize, pageToken }) {
        pages.push(pageSize);
        const first = Number(pageToken || '0');
        const workflows = Array.from({ length: 2 }, (_, i) => ({ workflowId: `w${first + i}`, version: 1 }));
        return { workflows, nextPageToken: String(first + 2) };
      },
      listWorkflowVersions: () => ({ versions: [{ version: 2, digest: 'sha256:ab' }] }),
      getWorkflow: ({ version }) => ({ workflow: { workflowId: 'w', version: version || 9, definition: { id: 'w' } } }),
    }),
  );
  const list = await useCli(['workflows', 'list', '--limit', '5', '--api', platform.url, '-o', 'json']);
  const { workflows } = JSON.parse(list.stdout) as { workflows: { workflow_id: string }[] };
  assert.deepEqual(
    workflows.map((workflow) => workflow.workflow_id),
    ['w0', 'w1', 'w2', 'w3', 'w4'],
  );
  assert.deepEqual(pages, [5, 3, 1]);
  const versions = await useCli(['workflows', 'versions', 'w', '--api', platform.url]);
  assert.match(versions.stdout, /^VERSION.*\n2 .*sha256:ab\n$/);
  const shown = await useCli(['workflows', 'get', 'w', '--version', '3', '--api', platform.url]);
  assert.match(shown.stdout, /^# version 3 of .*\nid: w\n$/);
});

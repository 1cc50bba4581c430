import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJson } from '@bufbuild/protobuf';
import { timestampFromMs, ValueSchema } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { ApprovalService, ApprovalState } from '@skein/contracts/scheduler';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform, type FakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const OPEN = {
  runId: 'r1',
  nodeId: 'review',
  workflowId: 'publish',
  state: ApprovalState.OPEN,
  prompt: 'Publish it?',
  approvers: ['ada', 'group:board'],
  createdAt: timestampFromMs(Date.now() - 60_000),
  expiresAt: timestampFromMs(Date.now() + 7_230_000),
};

function serve(approvals: Partial<ServiceImpl<typeof ApprovalService>>): Promise<FakePlatform> {
  return fakePlatform(({ service }) => void service(ApprovalService, approvals));
}

test('what is open is listed with who is asked and how long there is', async () => {
  const filters: unknown[] = [];
  await using platform = await serve({
    listApprovals({ states, approver, runId }) {
      filters.push([states, approver, runId]);
      return { approvals: runId === '' ? [OPEN] : [] };
    },
  });
  const api = ['--api', platform.url];
  const { stdout } = await useCli(['approvals', 'list', '--approver', 'ada', ...api]);
  assert.match(stdout, /^RUN +NODE[^\n]*\nr1 +review +OPEN +1 min \d s +2 h 0 min +ada, group:board +Publish it\?\n$/);
  const none = await useCli(['approvals', 'list', '--run', 'r2', '-s', 'APPROVED', 'EXPIRED', ...api]);
  assert.deepEqual([none.stdout, none.stderr], ['', 'nobody is asked for anything\n']);
  assert.deepEqual(filters, [
    [[], 'ada', ''],
    [[ApprovalState.APPROVED, ApprovalState.EXPIRED], '', 'r2'],
  ]);
});

test('one is shown with its form', async () => {
  await using platform = await serve({
    getApproval: () => ({ approval: { ...OPEN, formSchema: { type: 'object' } } }),
  });
  const { stdout, stderr } = await useCli(['approvals', 'get', 'r1', 'review', '--api', platform.url]);
  assert.match(stdout, /question +Publish it\?\nwho +ada, group:board[^]*form\n\{\n {2}"type": "object"/);
  assert.match(stderr, /skein approvals approve r1 review/);
});

test('a decision carries who, why and the form', async () => {
  const seen: unknown[] = [];
  await using platform = await serve({
    decideApproval({ approved, decidedBy, groups, comment, form }) {
      seen.push([approved, decidedBy, groups, comment, form && toJson(ValueSchema, form)]);
      return { approval: { ...OPEN, state: approved ? ApprovalState.APPROVED : ApprovalState.REJECTED } };
    },
  });
  const decide = (verdict: string, args: string[], env = {}) =>
    useCli(['approvals', verdict, 'r1', 'review', ...args, '--api', platform.url], { env });
  const details = ['--by', 'bob', '-g', 'board', '-c', 'good', '--form', '{"channel":"web"}'];
  assert.equal((await decide('approve', details)).stdout, 'r1 review APPROVED\n');
  assert.equal((await decide('reject', [], { USER: 'ada' })).stdout, 'r1 review REJECTED\n');
  assert.deepEqual(seen, [
    [true, 'bob', ['board'], 'good', { channel: 'web' }],
    [false, 'ada', [], '', undefined],
  ]);
  const nobody = await decide('approve', []);
  assert.equal(nobody.code, EXIT.invalid);
  assert.match(nobody.stderr, /write --by NAME/);
});

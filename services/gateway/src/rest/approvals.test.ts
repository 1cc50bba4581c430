import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { ApprovalSchema, ApprovalState } from '@skein/contracts/scheduler';
import { gatewayRig, type GatewayRig } from '../testing/gateway-rig.ts';

const RUN_ID = '0198f3a0-0000-7000-8000-000000000001';
const NODE_PATH = `/api/v1/approvals/${RUN_ID}/review`;

function ask(rig: GatewayRig, nodeId: string, approvers: string[]): void {
  rig.scheduler.approvals.push(
    create(ApprovalSchema, {
      namespace: 'default',
      runId: RUN_ID,
      nodeId,
      state: ApprovalState.OPEN,
      prompt: 'Publish it?',
      approvers,
      expiresAt: timestampFromDate(new Date('2026-11-07T09:30:00Z')),
      formSchema: { type: 'object' },
    }),
  );
}

test('approvals are listed by state and person, looked at, and decided', async () => {
  await using rig = await gatewayRig();
  ask(rig, 'review', ['ada']);
  ask(rig, 'sign', ['bob']);
  const listed = await rig.json('GET', '/api/v1/approvals?approver=ada');
  assert.equal(listed.status, 200);
  assert.partialDeepStrictEqual(listed.body['approvals'], [
    { run_id: RUN_ID, node_id: 'review', state: 'OPEN', approvers: ['ada'], expires_at: '2026-11-07T09:30:00.000Z' },
  ]);
  const got = await rig.json('GET', NODE_PATH);
  assert.deepEqual([got.status, got.body['form_schema']], [200, { type: 'object' }]);
  const decision = { decided_by: 'ada', groups: ['editors'], comment: 'good', form: { channel: 'web' } };
  const decided = await rig.json('POST', `${NODE_PATH}/approve`, decision);
  assert.deepEqual([decided.status, decided.body.state, decided.body['decided_by']], [200, 'APPROVED', 'ada']);
  const rejected = await rig.json('POST', `/api/v1/approvals/${RUN_ID}/sign/reject`, { decided_by: 'bob' });
  assert.equal(rejected.body.state, 'REJECTED');
  const approved = await rig.json('GET', '/api/v1/approvals?state=APPROVED');
  assert.equal((approved.body['approvals'] as object[]).length, 1);
});

test('a decision without a person, and an approval that nobody asked for, are refused', async () => {
  await using rig = await gatewayRig();
  const nobody = await rig.json('POST', `${NODE_PATH}/approve`, { comment: 'yes' });
  assert.deepEqual([nobody.status, nobody.body.error.violations[0]?.field], [400, 'decided_by']);
  const missing = await rig.json('POST', `${NODE_PATH}/approve`, { decided_by: 'ada' });
  assert.deepEqual([missing.status, missing.body.error.reason], [404, 'APPROVAL_NOT_FOUND']);
  const word = await rig.json('GET', '/api/v1/approvals?state=MAYBE');
  assert.equal(word.status, 400);
});

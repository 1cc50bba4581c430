import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { ApprovalState, type DecideApprovalRequestSchema } from '@skein/contracts/scheduler';
import { valueOfJson } from '@skein/events';
import { eventually } from '@skein/testkit';
import { outputOf, refused, stateOf, Workplace } from '../../harness/workplace.ts';
import type { UsePlatform } from '../every-mode.ts';

const publishing = (id: string, more: object) => ({
  id,
  nodes: [
    { id: 'review', type: 'approval', prompt: 'Publish ${ input.title }?', expires_in: '1h', ...more },
    { id: 'published', type: 'transform', expression: "'published'" },
    { id: 'refused', type: 'transform' },
  ],
  edges: [
    { from: 'review', to: 'published' },
    { from: 'review', to: 'refused', on: 'error' },
  ],
});
const ALONE = (id: string, more: object) => ({
  id,
  nodes: [{ id: 'review', type: 'approval', expires_in: '1h', ...more }],
});
const FORM_SCHEMA = { type: 'object', required: ['channel'], properties: { channel: { enum: ['web', 'print'] } } };

type Decision = Partial<MessageInitShape<typeof DecideApprovalRequestSchema>>;

function decider({ clients, namespace }: Workplace, runId: string) {
  return (decision: Decision) => {
    const defaults = { namespace, runId, nodeId: 'review', approved: true, decidedBy: 'ada' };
    return clients.approvals.decideApproval({ ...defaults, ...decision } as typeof defaults);
  };
}

/** Waiting for a person. */
export function approvalSuite(use: UsePlatform): void {
  suite('approval', { concurrency: true }, () => {
    test('who may decide is asked, decides once, and the run goes on with the form', async () => {
      const place = new Workplace(use(), 'approvals-once');
      const { namespace, clients } = place;
      const node = { approvers: ['${ input.editor }', 'group:board'], form_schema: FORM_SCHEMA };
      await place.apply({ ...publishing('publish', node), output: '${ output.review }' });
      const runId = await place.start('publish', { title: 'the news', editor: 'ada' });
      const decide = decider(place, runId);
      const { approvals } = await clients.approvals.listApprovals({ namespace, approver: 'ada' });
      const [open] = approvals;
      assert.deepEqual(
        [approvals.length, open?.prompt, open?.approvers],
        [1, 'Publish the news?', ['ada', 'group:board']],
      );
      assert.deepEqual((await clients.approvals.listApprovals({ namespace, approver: 'bob' })).approvals, []);
      const { approval } = await clients.approvals.getApproval({ namespace, runId, nodeId: 'review' });
      assert.deepEqual(approval?.formSchema, FORM_SCHEMA);

      await refused(decide({ decidedBy: 'bob' }), 'APPROVER_NOT_ALLOWED');
      await refused(decide({ decidedBy: 'bob', groups: ['staff'] }), 'APPROVER_NOT_ALLOWED');
      await refused(decide({ form: valueOfJson({ channel: 'radio' }) }), 'INPUT_SCHEMA_VIOLATION');
      await refused(decide({ nodeId: 'published' }), 'APPROVAL_NOT_FOUND');
      const yes = { decidedBy: 'bob', groups: ['board'], comment: 'good', form: valueOfJson({ channel: 'web' }) };
      const decided = await Promise.all([decide(yes), decide(yes)]);
      assert.deepEqual(
        decided.map((it) => it.approval?.state),
        [ApprovalState.APPROVED, ApprovalState.APPROVED],
      );
      await refused(decide({ approved: false, decidedBy: 'ada' }), 'APPROVAL_DECIDED');
      const run = await place.ended(runId);
      const { decided_at: at, ...output } = outputOf(run) as Record<string, unknown>;
      assert.deepEqual(output, { approved: true, decided_by: 'bob', comment: 'good', form: { channel: 'web' } });
      assert.match(String(at), /^20.*Z$/);
      const states = [ApprovalState.APPROVED];
      assert.equal((await clients.approvals.listApprovals({ namespace, states })).approvals.length, 1);
    });

    test('a rejection fails the node, or is what the run goes on with', async () => {
      const place = new Workplace(use(), 'approvals-rejected');
      await Promise.all([
        place.apply(publishing('strict', {})),
        place.apply(ALONE('gentle', { on_reject: 'continue' })),
        place.apply(ALONE('hard', {})),
      ]);
      const [strict, gentle, hard] = await Promise.all(
        ['strict', 'gentle', 'hard'].map(async (id) => {
          const runId = await place.start(id, { title: 'the news' });
          await decider(place, runId)({ approved: false, comment: 'not true' });
          return place.ended(runId);
        }),
      );
      assert.ok(strict && gentle && hard);
      assert.partialDeepStrictEqual(outputOf(strict), { error: { code: 'APPROVAL_REJECTED' } });
      assert.partialDeepStrictEqual(outputOf(gentle), { approved: false, decided_by: 'ada', comment: 'not true' });
      assert.deepEqual([stateOf(hard), hard.failure?.code], ['FAILED', 'APPROVAL_REJECTED']);
      assert.match(hard.failure?.message ?? '', /ada has rejected it: not true/);
    });

    test('silence fails the node, or means what on_expire says', async () => {
      const place = new Workplace(use(), 'approvals-silence');
      const { namespace, clients } = place;
      const [failed, approved, rejected] = await Promise.all([
        place.run(ALONE('fails', { expires_in: '400ms' })),
        place.run(ALONE('approves', { expires_in: '400ms', on_expire: 'approve' })),
        place.run(ALONE('rejects', { expires_in: '400ms', on_expire: 'reject', on_reject: 'continue' })),
      ]);
      assert.deepEqual([stateOf(failed), failed.failure?.code], ['FAILED', 'APPROVAL_EXPIRED']);
      assert.partialDeepStrictEqual(outputOf(approved), { approved: true, decided_by: '' });
      assert.partialDeepStrictEqual(outputOf(rejected), { approved: false, decided_by: '' });
      const { approval } = await clients.approvals.getApproval({ namespace, runId: failed.runId, nodeId: 'review' });
      assert.equal(approval?.state, ApprovalState.EXPIRED);
      await refused(decider(place, failed.runId)({}), 'APPROVAL_DECIDED');
    });

    test('where nobody decides, more people may', async () => {
      const place = new Workplace(use(), 'approvals-escalated');
      const { namespace, clients } = place;
      const escalation = { after: '2500ms', approvers: ['boss'] };
      await place.apply(ALONE('escalates', { approvers: ['ada'], escalation }));
      const runId = await place.start('escalates');
      const decide = decider(place, runId);
      await refused(decide({ decidedBy: 'boss' }), 'APPROVER_NOT_ALLOWED');
      const isAsked = async () =>
        (await clients.approvals.listApprovals({ namespace, approver: 'boss' })).approvals.length === 1;
      await eventually(isAsked, { describe: 'the boss to be asked' });
      await decide({ decidedBy: 'boss' });
      assert.equal(stateOf(await place.ended(runId)), 'DONE');
      const events = await place.events(runId);
      assert.ok(events.some((event) => event.case === 'approvalEscalated'));
    });

    test('each item of a map may ask; the list has them all, page by page, the most urgent first', async () => {
      const place = new Workplace(use(), 'approvals-many');
      const { namespace, clients } = place;
      const body = { nodes: [{ id: 'review', type: 'approval', prompt: '${ item }', expires_in: '1h' }] };
      await place.apply({ id: 'panel', nodes: [{ id: 'each', type: 'map', items: '${ input }', body }] });
      await place.apply(ALONE('urgent', { prompt: 'now!', expires_in: '5m' }));
      const runId = await place.start('panel', ['a', 'b', 'c', 'd']);
      const urgentId = await place.start('urgent');
      const pages = async (states: ApprovalState[]) => {
        const seen = [];
        for (let pageToken = ''; ;) {
          const page = await clients.approvals.listApprovals({ namespace, states, pageSize: 2, pageToken });
          seen.push(...page.approvals);
          pageToken = page.nextPageToken;
          if (pageToken === '') return seen;
        }
      };
      await eventually(async () => (await pages([])).length === 5, { describe: 'five people to be asked' });
      const open = await pages([]);
      assert.equal(open[0]?.runId, urgentId);
      assert.deepEqual(open.map(({ prompt }) => prompt).toSorted(), ['a', 'b', 'c', 'd', 'now!']);
      for (const asked of open.slice(1)) {
        await decider(place, asked.runId)({ comment: asked.prompt });
        const all = await pages([ApprovalState.OPEN, ApprovalState.APPROVED]);
        assert.deepEqual([all.length, all[0]?.runId], [5, urgentId]);
        assert.equal(new Set(all.map((it) => it.runId)).size, 5);
      }
      const comments = (outputOf(await place.ended(runId)) as { comment: string }[]).map(({ comment }) => comment);
      assert.deepEqual(comments, ['a', 'b', 'c', 'd']);
      await decider(place, urgentId)({});
    });

    test('nobody decides for a run that has ended', async () => {
      const place = new Workplace(use(), 'approvals-cancelled');
      const { namespace, clients } = place;
      await place.apply(ALONE('asks', {}));
      const runId = await place.start('asks');
      await clients.runs.cancelRun({ namespace, runId });
      await refused(decider(place, runId)({}), 'APPROVAL_DECIDED');
      const { approval } = await clients.approvals.getApproval({ namespace, runId, nodeId: 'review' });
      assert.equal(approval?.state, ApprovalState.CANCELLED);
      assert.deepEqual((await clients.approvals.listApprovals({ namespace })).approvals, []);
    });
  });
}

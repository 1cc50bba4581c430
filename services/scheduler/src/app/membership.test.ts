import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@skein/testkit';
import { MemoryMemberStore } from '../adapters/memory/member-store.ts';
import type { MemberListener, MemberSession, MemberStore } from './member-store.ts';
import { Membership } from './membership.ts';

interface Candidate extends AsyncDisposable {
  readonly membership: Membership;
  readonly told: string[];
}

/** A membership that writes down what it tells. */
function candidate(schedulerId: string, store: MemberStore): Candidate {
  const told: string[] = [];
  const membership = new Membership({
    store,
    life: { schedulerId, address: `${schedulerId}:1`, incarnation: crypto.randomUUID(), historyVersion: 1 },
    onMembers: (members, rejoined) =>
      void told.push(`${members.map((it) => it.schedulerId).join(' ')}${rejoined ? ' anew' : ''}`),
    onExcluded: () => void told.push('excluded'),
    onResumed: () => void told.push('resumed'),
    onWorkflowChanged: (workflow) => void told.push(`workflow ${workflow ?? 'any'}`),
    onSchedulesChanged: () => void told.push('schedules'),
    onLimitsChanged: () => {},
    onCallSlotFreed: () => {},
    onRetry: (error) => void told.push(`retry: ${error instanceof Error ? error.message : String(error)}`),
  });
  return { membership, told, [Symbol.asyncDispose]: () => membership[Symbol.asyncDispose]() };
}

const sees = ({ told }: Candidate, what: string) => eventually(() => told.includes(what), { describe: what });

/** A store whose sessions can be broken, and whose calls can be made to fail. */
class Brittle implements MemberStore {
  readonly inner = new MemoryMemberStore();
  away = false;
  losesAtOnce = 0;
  listener: MemberListener | undefined;

  async open(listener: MemberListener): Promise<MemberSession> {
    if (this.away) throw new Error('the store is away');
    this.listener = listener;
    const session = await this.inner.open(listener);
    if (this.losesAtOnce > 0) {
      this.losesAtOnce -= 1;
      listener.lost();
    }
    return {
      ...session,
      heartbeat: (...beat) => (this.away ? Promise.reject(new Error('the store is away')) : session.heartbeat(...beat)),
    };
  }
}

test('members come and go, and everybody is told at once (M5)', async () => {
  const store = new MemoryMemberStore();
  await using a = candidate('a', store);
  await sees(a, 'a anew');
  assert.equal(a.membership.isFresh, true);
  {
    await using b = candidate('b', store);
    await sees(b, 'a b anew');
    await sees(a, 'a b');
  }
  await eventually(() => a.told.at(-1) === 'a', { describe: 'b has left' });
});

test('one that is found dead lets go of everything before it joins again (M1)', async () => {
  const store = new MemoryMemberStore();
  await using a = candidate('a', store);
  await sees(a, 'a anew');
  store.exclude('a');
  await sees(a, 'excluded');
  await eventually(() => a.told.at(-1) === 'a anew', { describe: 'it is a member again' });
});

test('one that cannot reach the store ceases to be fresh, and resumes where its row is still there (M2)', async () => {
  const store = new Brittle();
  await using a = candidate('a', store);
  await sees(a, 'a anew');
  store.away = true;
  store.listener?.lost();
  await eventually(() => !a.membership.isFresh, { describe: 'it is not sure any more' });
  store.away = false;
  await sees(a, 'resumed');
  assert.equal(a.membership.isFresh, true);
  assert.ok(!a.told.includes('excluded'));
});

test('a session that ends before it was handed over is tried again', async () => {
  const store = new Brittle();
  store.losesAtOnce = 1;
  await using a = candidate('a', store);
  await sees(a, 'a anew');
  assert.match(a.told.join('\n'), /retry: the session with the store ended/);
});

test('two lives with one id do not take turns (M4)', async () => {
  const store = new MemoryMemberStore();
  await using a = candidate('a', store);
  await sees(a, 'a anew');
  await using second = candidate('a', store);
  await second.membership.firstTry;
  assert.match(second.told.join('\n'), /another scheduler named a is alive; give each a name of its own/);
  assert.equal(second.membership.isFresh, false);
  assert.ok(!a.told.includes('excluded'));
});

test('R10 the time is the store’s, whatever the clock of the machine says (M6)', async () => {
  const aheadMs = 3_600_000;
  const store = new MemoryMemberStore({ nowMs: () => Date.now() + aheadMs });
  await using a = candidate('a', store);
  await sees(a, 'a anew');
  const offMs = a.membership.nowMs() - (Date.now() + aheadMs);
  assert.ok(Math.abs(offMs) < 1000, `${offMs} ms off`);
});

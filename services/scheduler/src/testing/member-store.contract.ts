import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@skein/testkit';
import { v4 as uuidv4 } from 'uuid';
import { DEAD_AFTER_MS, GONE_AFTER_MS, type Life, type MemberSession, type MemberStore } from '../app/member-store.ts';

/** A store for one test, with a way to let time pass for its rows. */
export interface MemberStoreUnderTest {
  readonly store: MemberStore;
  /** Makes every row look as if it was last seen this much earlier. */
  readonly age: (byMs: number) => Promise<void>;
}

const lifeOf = (schedulerId: string): Life => ({
  schedulerId,
  incarnation: uuidv4(),
  address: `${schedulerId}.example:7402`,
  historyVersion: schedulerId === 'b' ? 2 : 1,
});

/** What every store of the members promises. */
export function memberStoreContract(empty: () => Promise<MemberStoreUnderTest>): void {
  const stage = async () => {
    const { store, age } = await empty();
    const sessions = new AsyncDisposableStack();
    const open = async (told: string[] = []): Promise<MemberSession> => {
      const session = await store.open({
        membersChanged: () => void told.push('members'),
        workflowChanged: (workflow) => void told.push(workflow),
        schedulesChanged: () => void told.push('schedules'),
        limitsChanged: (runId) => void told.push(`limits ${runId}`),
        callSlotFreed: ({ namespace, key }) => void told.push(`slot ${namespace} ${key}`),
        lost: () => void told.push('lost'),
      });
      sessions.defer(() => session.close());
      return session;
    };
    return { age, open, [Symbol.asyncDispose]: () => sessions[Symbol.asyncDispose]() };
  };
  const idsOf = ({ members }: { readonly members: readonly { readonly schedulerId: string }[] }) =>
    members.map(({ schedulerId }) => schedulerId);

  test('members see each other with their addresses, and the time', async () => {
    await using one = await stage();
    const [session, other] = [await one.open(), await one.open()];
    const [a, b] = [lifeOf('a'), lifeOf('b')];
    assert.equal(await session.join(a), 'joined');
    assert.equal(await other.join(b), 'joined');
    const { lives, members, nowMs } = await session.heartbeat(a, true);
    assert.equal(lives, true);
    assert.deepEqual(members, [
      { schedulerId: 'a', address: a.address, historyVersion: 1 },
      { schedulerId: 'b', address: b.address, historyVersion: 2 },
    ]);
    assert.ok(Math.abs(nowMs - Date.now()) < 60_000);
  });

  test('whoever is not seen for too long is dead, for one that may judge', async () => {
    await using one = await stage();
    const [session, other] = [await one.open(), await one.open()];
    const [a, b] = [lifeOf('a'), lifeOf('b')];
    await session.join(a);
    await other.join(b);
    await one.age(DEAD_AFTER_MS + 100);
    assert.deepEqual(idsOf(await session.heartbeat(a, false)), ['a', 'b']);
    assert.deepEqual(idsOf(await session.heartbeat(a, true)), ['a']);
    assert.equal((await other.heartbeat(b, true)).lives, false, 'the dead finds out');
    assert.equal(await other.join(b), 'joined', 'and joins anew');
  });

  test('whose session has ended is dead soon, and not at once', async () => {
    await using one = await stage();
    const [session, other] = [await one.open(), await one.open()];
    const [a, b] = [lifeOf('a'), lifeOf('b')];
    await session.join(a);
    await other.join(b);
    await other.close();
    assert.deepEqual(idsOf(await session.heartbeat(a, true)), ['a', 'b'], 'it may come back with another session');
    await one.age(GONE_AFTER_MS + 100);
    await eventually(async () => idsOf(await session.heartbeat(a, true)).length === 1, { describe: 'b is dead' });
  });

  test('a life that comes back with another session finds its row', async () => {
    await using one = await stage();
    const a = lifeOf('a');
    const session = await one.open();
    await session.join(a);
    await session.close();
    const again = await one.open();
    assert.equal(await again.join(a), 'known');
    assert.equal((await again.heartbeat(a, true)).lives, true);
  });

  test('another life with the same id waits until the first is over', async () => {
    await using one = await stage();
    const [session, other] = [await one.open(), await one.open()];
    await session.join(lifeOf('a'));
    const second = lifeOf('a');
    assert.equal(await other.join(second), 'taken');
    assert.equal((await other.heartbeat(second, true)).lives, false);
    await session.close();
    await eventually(async () => (await other.join(second)) === 'joined', { describe: 'the second life joins' });
  });

  test('whoever leaves is gone at once, and the others are told', async () => {
    await using one = await stage();
    const told: string[] = [];
    const [session, other] = [await one.open(told), await one.open()];
    const [a, b] = [lifeOf('a'), lifeOf('b')];
    await session.join(a);
    await other.join(b);
    await eventually(() => told.length > 0, { describe: 'word of the one that came' });
    told.length = 0;
    await other.leave(b);
    await eventually(() => told.includes('members'), { describe: 'word of the one that left' });
    assert.deepEqual(idsOf(await session.heartbeat(a, false)), ['a']);
  });
}

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { PruningRounds } from './pruning-rounds.ts';

/** Lets time pass, and everything that follows from it happen. */
async function pass(ms: number): Promise<void> {
  mock.timers.tick(ms);
  await new Promise((resolve) => setImmediate(resolve));
}

test('R13 idle pruning asks once in ten seconds, busy pruning goes on after one; a failure ends nothing', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const answers = [0, 5, 0, new Error('the database is away'), 0];
    let asked = 0;
    const failures: unknown[] = [];
    await using rounds = new PruningRounds({
      ageMs: 0,
      store: {
        async pruneEnded() {
          asked += 1;
          const answer = answers.shift() ?? 0;
          if (answer instanceof Error) throw answer;
          return { pruned: answer, kept: 0 };
        },
      },
      onKept: () => {},
      onFailed: (error) => void failures.push(error),
    });
    assert.ok(rounds);
    await pass(9999);
    assert.equal(asked, 0);
    await pass(1);
    assert.equal(asked, 1);
    await pass(10_000);
    assert.equal(asked, 3, 'a batch that found something is followed by another');
    await pass(1000);
    assert.equal(asked, 4, 'so is a round');
    assert.equal(failures.length, 1);
    await pass(9999);
    assert.equal(asked, 4);
    await pass(1);
    assert.equal(asked, 5);
  } finally {
    mock.timers.reset();
  }
});

test('disposal waits for the round under way, and no other follows', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const answer = Promise.withResolvers<{ pruned: number; kept: number }>();
    let asked = 0;
    const store = {
      pruneEnded: () => {
        asked += 1;
        return answer.promise;
      },
    };
    const rounds = new PruningRounds({
      ageMs: 0,
      store,
      onKept: () => {},
      onFailed: (error) => assert.fail(String(error)),
    });
    await pass(10_000);
    assert.equal(asked, 1);
    let isDisposed = false;
    const disposed = rounds[Symbol.asyncDispose]().then(() => (isDisposed = true));
    await pass(0);
    assert.equal(isDisposed, false);
    answer.resolve({ pruned: 0, kept: 0 });
    await disposed;
    await pass(60_000);
    assert.equal(asked, 1);
  } finally {
    mock.timers.reset();
  }
});

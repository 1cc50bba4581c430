import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { CleaningRounds } from './cleaning-rounds.ts';

/** Lets time pass, and everything that follows from it happen. */
async function pass(ms: number): Promise<void> {
  mock.timers.tick(ms);
  await new Promise((resolve) => setImmediate(resolve));
}

test('R13 idle cleaning asks once in ten seconds, busy cleaning goes on after one; a failure ends nothing', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const answers = [0, 5, new Error('the database is away'), 0];
    let asked = 0;
    const failures: unknown[] = [];
    await using rounds = new CleaningRounds({
      async clean() {
        asked += 1;
        const answer = answers.shift() ?? 0;
        if (answer instanceof Error) throw answer;
        return answer;
      },
      onFailed: (error) => void failures.push(error),
    });
    assert.ok(rounds);
    await pass(9999);
    assert.equal(asked, 0);
    await pass(1);
    assert.equal(asked, 1);
    await pass(10_000);
    assert.equal(asked, 2);
    await pass(1000);
    assert.equal(asked, 3, 'a round that found something is followed by another');
    assert.equal(failures.length, 1);
    await pass(9999);
    assert.equal(asked, 3);
    await pass(1);
    assert.equal(asked, 4);
  } finally {
    mock.timers.reset();
  }
});

test('disposal waits for the round under way, and no other follows', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const answer = Promise.withResolvers<number>();
    let asked = 0;
    const rounds = new CleaningRounds({
      clean() {
        asked += 1;
        return answer.promise;
      },
      onFailed: (error) => assert.fail(String(error)),
    });
    await pass(10_000);
    assert.equal(asked, 1);
    let isDisposed = false;
    const disposed = rounds[Symbol.asyncDispose]().then(() => (isDisposed = true));
    await pass(0);
    assert.equal(isDisposed, false);
    answer.resolve(0);
    await disposed;
    await pass(60_000);
    assert.equal(asked, 1);
  } finally {
    mock.timers.reset();
  }
});

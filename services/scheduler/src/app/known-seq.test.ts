import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectError } from '@connectrpc/connect';
import { untilKnown } from './known-seq.ts';

/** A replica that lags: each look sees one event more of every run. */
function laggingStore() {
  let looks = 0;
  return { lastTransition: async () => ({ firstSeq: (looks += 1), eventCount: 1 }) };
}

test('waits until the store has what somebody was told', async () => {
  await untilKnown(laggingStore(), [{ runId: 'a', seq: 3 }]);
  await untilKnown({ lastTransition: () => assert.fail('nobody was told anything') }, []);
});

test('says that it is not ready where the store does not get there, and what is missing', async () => {
  const store = { lastTransition: async () => ({ firstSeq: 1, eventCount: 2 }) };
  const waiting = untilKnown(
    store,
    [
      { runId: 'a', seq: 2 },
      { runId: 'b', seq: 9 },
    ],
    0,
  );
  await assert.rejects(waiting, (error: unknown) => {
    assert.match(ConnectError.from(error).message, /seq 9 of run b/);
    return true;
  });
});

import { after, before, describe } from 'node:test';
import { FakeS3 } from '@skein/testkit';
import { PayloadObjects } from '../../app/payloads/payload-objects.ts';
import type { StoredTransition } from '../../app/run-store.ts';
import { bucketAt } from '../../testing/s3-bucket.ts';
import { testPayloads } from '../../testing/run-store/payloads.contract.ts';
import { testRunStoreContract } from '../../testing/run-store.contract.ts';
import { schedulerDatabase, type SchedulerDatabase } from '../../testing/scheduler-database.ts';
import { postgresRunPruning } from './run-pruning.ts';
import { postgresRunStore } from './run-store.ts';

const cleanup = new AsyncDisposableStack();
let database: SchedulerDatabase;
let s3: FakeS3;
before(async () => {
  database = cleanup.use(await schedulerDatabase());
  s3 = cleanup.use(await FakeS3.start());
});
after(() => cleanup.disposeAsync());

/** Payloads in the object store, as PayloadShelf puts them there before the commit. */
describe('run store: postgres, payloads in a bucket', () => {
  testPayloads(async () => {
    await database.empty();
    const objects = new PayloadObjects(bucketAt(s3));
    const store = postgresRunStore(database.pool, objects);
    const shelved = async (transition: StoredTransition): Promise<StoredTransition> => {
      const { payloads = [] } = transition;
      const texts = payloads.flatMap(({ digest, json }) => (json === undefined ? [] : [{ digest, json }]));
      await objects.put(transition, texts);
      return { ...transition, payloads: payloads.map(({ digest }) => ({ digest, json: undefined })) };
    };
    return {
      ...store,
      ...postgresRunPruning(database.pool, objects),
      commit: async (batch) =>
        store.commit({ ...batch, transitions: await Promise.all(batch.transitions.map(shelved)) }),
    };
  });
});

testRunStoreContract('postgres', async () => {
  await database.empty();
  return { ...postgresRunStore(database.pool), ...postgresRunPruning(database.pool) };
});

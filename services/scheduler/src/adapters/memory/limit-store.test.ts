import { testLimitStoreContract } from '../../testing/limit-store.contract.ts';
import { MemoryLimitStore } from './limit-store.ts';
import { MemoryRunStore } from './run-store.ts';

testLimitStoreContract('memory', async () => {
  const runs = new MemoryRunStore();
  return { runs, limits: new MemoryLimitStore({ runs }) };
});

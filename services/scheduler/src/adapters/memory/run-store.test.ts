import { testRunStoreContract } from '../../testing/run-store.contract.ts';
import { MemoryRunStore } from './run-store.ts';

testRunStoreContract('memory', async () => new MemoryRunStore());

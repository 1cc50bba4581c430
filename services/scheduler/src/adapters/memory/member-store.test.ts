import { memberStoreContract } from '../../testing/member-store.contract.ts';
import { MemoryMemberStore } from './member-store.ts';

memberStoreContract(async () => {
  let aheadMs = 0;
  return {
    store: new MemoryMemberStore({ nowMs: () => Date.now() + aheadMs }),
    async age(byMs) {
      aheadMs += byMs;
    },
  };
});

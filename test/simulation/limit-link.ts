import type { LimitStore } from '../../services/scheduler/src/app/limits/limit-store.ts';
import { StoreCalls } from './store-calls.ts';
import type { Life, Surroundings } from './surroundings.ts';

/** One scheduler's connection to the limits. */
export function limitLink(limits: LimitStore, life: Life, surroundings: Surroundings): LimitStore {
  const calls = new StoreCalls(life, surroundings);
  return {
    request: (request) => calls.write('request slots', () => limits.request(request)),
    release: (runIds) => calls.write('release slots', () => limits.release(runIds)),
    takeCalls: (limit, slots) => calls.write('take call slots', () => limits.takeCalls(limit, slots)),
    releaseCalls: (limit, slots) => calls.write('release call slots', () => limits.releaseCalls(limit, slots)),
    grantNext: (keys) => calls.write('grant slots', () => limits.grantNext(keys)),
    audit: (shards) => calls.read(() => limits.audit(shards)),
    forgetUnused: () => calls.write('forget limits', () => limits.forgetUnused()),
    placeOf: (runId) => calls.read(() => limits.placeOf(runId)),
    setLimit: (limit, figures) => calls.write('set limit', () => limits.setLimit(limit, figures)),
    deleteLimit: (limit) => calls.write('delete limit', () => limits.deleteLimit(limit)),
    limit: (limit) => calls.read(() => limits.limit(limit)),
    listLimits: (...query) => calls.read(() => limits.listLimits(...query)),
    defineCalls: (limit, figures) => calls.write('define calls', () => limits.defineCalls(limit, figures)),
    definedCalls: () => calls.read(() => limits.definedCalls()),
    imposedKeys: () => calls.read(() => limits.imposedKeys()),
  };
}

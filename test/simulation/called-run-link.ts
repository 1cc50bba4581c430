import type { CalledRunStore } from '../../services/scheduler/src/app/called-runs.ts';
import { StoreCalls } from './store-calls.ts';
import type { Life, Surroundings } from './surroundings.ts';

/** One scheduler's connection to what is written of runs that agents have started. */
export function calledRunLink(called: CalledRunStore, life: Life, surroundings: Surroundings): CalledRunStore {
  const calls = new StoreCalls(life, surroundings);
  return {
    add: (call) => calls.write('add a called run', () => called.add(call)),
    remove: (runIds) => calls.write('remove called runs', () => called.remove(runIds)),
    ofShards: (shards) => calls.read(() => called.ofShards(shards)),
  };
}

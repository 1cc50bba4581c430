import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** By how much of what is alive the heap may grow before it is collected. */
const GROWTH_PERCENT = 55;
/** How often a look is taken whether the process was quiet. */
const LOOK_MS = 1000;
/** Share of that time in which a quiet process has anything to do. */
const QUIET_UTILIZATION = 0.05;

/**
 * Keeps this process' heap near what is alive in it: several services share a machine's memory with the agents and
 * Postgres, and V8 gives a process what the machine has.
 *
 * H1. Between two full collections the heap grows by about half. V8 would let it grow fourfold where memory is plenty.
 * H2. What loading left behind is collected once, in the first second in which the process has little to do: a pause of
 *     a tenth of a second then is in nobody's way. V8 would keep it until the heap has grown to the limit that it begins
 *     with, which a quiet service never reaches.
 *
 * To be called when everything has been loaded: V8 takes no compiled code from Node's cache that was put there under other
 * flags, so what was compiled until now is put there first.
 *
 * H1 is V8's flag `heap_growing_percent` (src/heap/memory-controller.cc), read at each collection. bench/README.md says
 * what both are worth.
 *
 * @param lookMs Length of the time for which the process must be quiet before H2, in milliseconds; default 1000.
 */
export function keepHeapSmall({ lookMs = LOOK_MS } = {}): void {
  flushCompileCache();
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  let before = performance.eventLoopUtilization();
  const looks = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization >= QUIET_UTILIZATION) return;
    clearInterval(looks);
    collect();
  }, lookMs);
  looks.unref();
}

/** A context made after the flag was set has the function, without `--expose-gc` on the command line. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  gc();
}

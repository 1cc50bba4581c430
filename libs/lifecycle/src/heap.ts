import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** By how much of what is alive the heap may grow before it is collected. */
const GROWTH_PERCENT = 55;
/** The start is over by then, and what comes next has hardly begun. */
const FIRST_COLLECTION_MS = 5000;

/**
 * Keeps this process' heap near what is alive in it: several services share a machine's memory with the agents and
 * Postgres, and V8 gives a process what the machine has.
 *
 * H1. Between two full collections the heap grows by about half. V8 would let it grow fourfold where memory is plenty.
 * H2. What loading left behind is collected once, a few seconds after the start. V8 would keep it until the heap has
 *     grown to the limit that it begins with, which a quiet service never reaches.
 *
 * H1 is V8's flag `heap_growing_percent` (src/heap/memory-controller.cc), read at each collection. bench/README.md says
 * what both are worth.
 *
 * @param firstCollectionMs From this call until H2, in milliseconds; default 5000.
 */
export function keepHeapSmall({ firstCollectionMs = FIRST_COLLECTION_MS } = {}): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setTimeout(collect, firstCollectionMs).unref();
}

/** A context made after the flag was set has the function, without `--expose-gc` on the command line. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  gc();
}

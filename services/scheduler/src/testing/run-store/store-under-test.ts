import type { RunStore } from '../../app/run-store.ts';

/** Gives an empty store; tests of one contract use one at a time. */
export type EmptyStore = () => Promise<RunStore>;

import { eventually } from '@skein/testkit';
import type { CommitBatch, RunStore } from '../app/run-store.ts';

/** A call that waits for its test to answer. */
export interface ScriptedCall {
  readonly kind: 'commit' | 'settle';
  readonly batch: CommitBatch;
  /** The ids of the runs that won; by default all of the batch. */
  answer(won?: readonly string[]): void;
  fail(error: Error): void;
}

/** The committing half of a store, answered by hand. */
export class ScriptedCommits implements Pick<RunStore, 'commit' | 'settle'> {
  readonly calls: ScriptedCall[] = [];
  #taken = 0;

  commit(batch: CommitBatch): Promise<ReadonlySet<string>> {
    return this.#call('commit', batch);
  }

  settle(batch: CommitBatch): Promise<ReadonlySet<string>> {
    return this.#call('settle', batch);
  }

  /** The next call, when it has come. */
  async next(kind: ScriptedCall['kind']): Promise<ScriptedCall> {
    const call = await eventually(() => this.calls[this.#taken], { describe: `the store is asked to ${kind}` });
    if (call.kind !== kind) throw new Error(`the store is asked to ${call.kind} where ${kind} was expected`);
    this.#taken += 1;
    return call;
  }

  #call(kind: ScriptedCall['kind'], batch: CommitBatch): Promise<ReadonlySet<string>> {
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlySet<string>>();
    const all = batch.transitions.map(({ runId }) => runId);
    this.calls.push({ kind, batch, answer: (won = all) => resolve(new Set(won)), fail: reject });
    return promise;
  }
}

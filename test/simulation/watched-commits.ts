import type { CommitBatch, RunStore } from '../../services/scheduler/src/app/run-store.ts';

/** The same store; `onWon` is told of each transition that is stored, in the moment in which it is. */
export function watchedCommits<T extends RunStore>(
  store: T,
  onWon: (transition: CommitBatch['transitions'][number]) => void,
): T {
  const commit = async (batch: CommitBatch): Promise<ReadonlySet<string>> => {
    const won = await store.commit(batch);
    for (const transition of batch.transitions) if (won.has(transition.runId)) onWon(transition);
    return won;
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === 'commit') return commit;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

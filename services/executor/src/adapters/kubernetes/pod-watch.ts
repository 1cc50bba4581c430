/**
 * The pods of a deployment as they are, for as long as somebody looks.
 *
 * Owns the picture. Read as a whole once, then followed by its changes; read again where Kubernetes does not know any more
 * what has changed since.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { Backoff } from '@skein/lifecycle';
import { ClusterError, type Cluster } from './cluster.ts';

/** What a watch needs. */
export interface PodWatchOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly labelSelector: string;
  /** All pods, after each change. */
  readonly onPods: (pods: readonly V1Pod[]) => void;
  /** What is wrong with the API; undefined: nothing any more. */
  readonly onFailed: (error: unknown) => void;
}

/** Ends with `signal`; never rejects. */
export async function watchPods(options: PodWatchOptions, signal: AbortSignal): Promise<void> {
  const { cluster, namespace, labelSelector, onPods, onFailed } = options;
  const backoff = new Backoff({ initialMs: 100, maxMs: 10_000 });
  const pods = new Map<string, V1Pod>();
  let resourceVersion: string | undefined;
  while (!signal.aborted) {
    try {
      if (resourceVersion === undefined) {
        const listed = await cluster.list<V1Pod>('Pod', namespace, labelSelector);
        if (signal.aborted) return;
        pods.clear();
        for (const pod of listed.items) pods.set(uidOf(pod), pod);
        ({ resourceVersion } = listed);
        onPods([...pods.values()]);
      }
      const since = { labelSelector, resourceVersion };
      for await (const { type, object } of cluster.watch<V1Pod>('Pod', namespace, since, signal)) {
        resourceVersion = object.metadata?.resourceVersion ?? resourceVersion;
        backoff.reset();
        if (type === 'BOOKMARK') continue;
        if (type === 'DELETED') pods.delete(uidOf(object));
        else pods.set(uidOf(object), object);
        onPods([...pods.values()]);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ClusterError && error.status === 410) resourceVersion = undefined;
      else onFailed(error);
    }
    await delay(backoff.nextMs(), undefined, { signal }).catch(() => {});
  }
}

const uidOf = ({ metadata }: V1Pod): string => metadata?.uid ?? metadata?.name ?? '';

/**
 * Deployments as Deployments of a Kubernetes cluster.
 *
 * Owns what is applied for each deployment, and the picture of its pods. Does not own pods: Kubernetes places and replaces them.
 *
 * K1. All that an executor knows follows from the deployment and from the cluster: another one goes on with the same objects, and no pod
 *     is restarted for it.
 * K2. What is there is applied again every `RESYNC_MS`: what somebody has changed by hand is put right.
 * K3. What pods read (ConfigMap, Secret) is of their template, and goes when no pod of that template is left.
 * K4. To take away: every object with the labels of the deployment, then wait for the last pod.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesObject, V1Deployment, V1Pod } from '@kubernetes/client-node';
import { Backoff } from '@skein/lifecycle';
import type { KeptWhole, WholeKey, WholePicture, WholeRuntime, WholeSpec } from '../../app/whole-runtime.ts';
import type { Cluster, Kind } from './cluster.ts';
import { contextOf, type DeploymentContext } from './deployment-context.ts';
import { kubernetesNamespace, LABELS, ownerLabels, selectorOf } from './names.ts';
import { instanceOf, troubleOf } from './pod-instance.ts';
import { watchPods } from './pod-watch.ts';
import { namespaceObject, networkPolicyObject, podAutoscalerObject, serviceObject } from './surroundings.ts';
import { configObject, deploymentObject, secretObject } from './workload.ts';

/** What the runtime needs. */
export interface KubernetesOptions {
  /** Called once it is needed, and again until it works. */
  readonly connect: () => Promise<Cluster>;
  /** Of a tenant's objects, with `{namespace}` for the tenant. */
  readonly namespacePattern: string;
  /** The Kubernetes namespace that executors run in. */
  readonly clientNamespace: string;
  /** The values of the secrets that a template names. @throws Error that says which one is missing. */
  readonly secretsOf: (secretEnv: Readonly<Record<string, string>>) => Promise<Readonly<Record<string, string>>>;
  /** Time after which all is applied again, in milliseconds; default 30,000. */
  readonly resyncMs?: number;
}

const RESYNC_MS = 30_000;
/** In the order in which they go. */
const REMOVED: readonly Kind[] = [
  'HorizontalPodAutoscaler',
  'Deployment',
  'Service',
  'NetworkPolicy',
  'ConfigMap',
  'Secret',
];

export function kubernetesRuntime(options: KubernetesOptions): WholeRuntime {
  let connected: Promise<Cluster> | undefined;
  const connect = async () => {
    connected ??= options.connect();
    try {
      return await connected;
    } catch (error) {
      connected = undefined;
      throw error;
    }
  };
  return { open: (key, onPicture) => new KubernetesDeployment(key, { ...options, connect }, onPicture) };
}

class KubernetesDeployment implements KeptWhole {
  readonly #key: WholeKey;
  readonly #options: KubernetesOptions;
  readonly #onPicture: (picture: WholePicture) => void;
  readonly #over = new AbortController();
  readonly #work: Promise<unknown>[] = [];
  #context: DeploymentContext | undefined;
  #pods: readonly V1Pod[] = [];
  #hasSeenPods = false;
  #applyFailure = '';
  #watchFailure = '';
  #wake = () => {};

  constructor(key: WholeKey, options: KubernetesOptions, onPicture: (picture: WholePicture) => void) {
    this.#key = key;
    this.#options = options;
    this.#onPicture = onPicture;
  }

  bring(spec: WholeSpec): void {
    const isFirst = this.#context === undefined;
    this.#context = contextOf(this.#key, spec, this.#options.namespacePattern);
    this.#wake();
    this.#tell();
    if (isFirst) this.#work.push(this.#keepApplied(), this.#keepWatching());
  }

  async release(): Promise<void> {
    this.#over.abort();
    this.#wake();
    await Promise.all(this.#work);
  }

  /** K4. */
  async remove(signal: AbortSignal): Promise<void> {
    await this.release();
    const namespace = kubernetesNamespace(this.#options.namespacePattern, this.#key.namespace);
    const labelSelector = selectorOf(ownerLabels(this.#key));
    const backoff = new Backoff({ initialMs: 100, maxMs: 5000 });
    while (!signal.aborted) {
      try {
        const cluster = (await this.#options.connect()).within(signal);
        for (const kind of REMOVED) await removeAll(cluster, kind, namespace, labelSelector);
        const { items } = await cluster.list('Pod', namespace, labelSelector);
        if (items.length === 0) return;
      } catch {
        // The cluster is away, or does not let us: what is left is not forgotten.
      }
      await delay(backoff.nextMs(), undefined, { signal }).catch(() => {});
    }
  }

  /** K1, K2. */
  async #keepApplied(): Promise<void> {
    const { signal } = this.#over;
    const backoff = new Backoff({ initialMs: 100, maxMs: 10_000 });
    while (!signal.aborted) {
      let waitMs = this.#options.resyncMs ?? RESYNC_MS;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      try {
        this.#applyFailure = await this.#applyOnce();
        backoff.reset();
      } catch (error) {
        this.#applyFailure = textOf(error);
        waitMs = backoff.nextMs();
      }
      this.#tell();
      const over = new AbortController();
      await Promise.race([promise, delay(waitMs, undefined, { signal: over.signal }).catch(() => {})]);
      over.abort();
    }
  }

  /** Answers what Kubernetes says is in the way. */
  async #applyOnce(): Promise<string> {
    const context = this.#context;
    if (context === undefined) return 'the template is not of Kubernetes';
    const { namespacePattern, clientNamespace, secretsOf, connect } = this.#options;
    const secrets = await secretsOf(context.spec.template.secretEnv);
    const cluster = (await connect()).within(this.#over.signal);
    const before: readonly (KubernetesObject | undefined)[] = [
      namespaceObject(context, namespacePattern),
      configObject(context),
      secretObject(context, secrets),
      networkPolicyObject(context, clientNamespace),
      serviceObject(context),
    ];
    for (const object of before) if (object !== undefined) await cluster.apply(object);
    const deployment = await cluster.apply(deploymentObject(context));
    const autoscaler = podAutoscalerObject(context);
    const selector = selectorOf(context.labels);
    if (autoscaler === undefined) await removeAll(cluster, 'HorizontalPodAutoscaler', context.namespace, selector);
    else await cluster.apply(autoscaler);
    await this.#removeUnread(cluster, context);
    return troubleIn(deployment);
  }

  /** K3. */
  async #removeUnread(cluster: Cluster, { namespace, labels, digest }: DeploymentContext): Promise<void> {
    if (!this.#hasSeenPods) return;
    const read = new Set([digest, ...this.#pods.map(({ metadata }) => metadata?.labels?.[LABELS.template] ?? '')]);
    for (const kind of ['ConfigMap', 'Secret'] as const) {
      const { items } = await cluster.list<KubernetesObject>(kind, namespace, selectorOf(labels));
      for (const { metadata } of items) {
        if (read.has(metadata?.labels?.[LABELS.template] ?? '')) continue;
        await cluster.remove(kind, namespace, metadata?.name ?? '');
      }
    }
  }

  async #keepWatching(): Promise<void> {
    const { signal } = this.#over;
    const backoff = new Backoff({ initialMs: 100, maxMs: 10_000 });
    while (!signal.aborted) {
      try {
        const options = {
          cluster: (await this.#options.connect()).within(signal),
          namespace: kubernetesNamespace(this.#options.namespacePattern, this.#key.namespace),
          labelSelector: selectorOf(ownerLabels(this.#key)),
          onPods: (pods: readonly V1Pod[]) => {
            this.#pods = pods;
            this.#hasSeenPods = true;
            this.#watchFailure = '';
            this.#tell();
          },
          onFailed: (error: unknown) => {
            this.#watchFailure = textOf(error);
            this.#tell();
          },
        };
        return await watchPods(options, signal);
      } catch (error) {
        this.#watchFailure = textOf(error);
        this.#tell();
        await delay(backoff.nextMs(), undefined, { signal }).catch(() => {});
      }
    }
  }

  #tell(): void {
    if (this.#context === undefined || this.#over.signal.aborted) return;
    const { digest, spec } = this.#context;
    const newest = { digest, revision: spec.revision };
    const instances = this.#pods.flatMap((pod) => instanceOf(pod, newest) ?? []);
    const trouble = this.#pods.map(troubleOf).find((text) => text !== undefined);
    const failure = this.#applyFailure || this.#watchFailure || trouble || '';
    if (!this.#hasSeenPods && failure === '') return;
    this.#onPicture({ instances, failure });
  }
}

async function removeAll(cluster: Cluster, kind: Kind, namespace: string, labelSelector: string): Promise<void> {
  const { items } = await cluster.list<KubernetesObject>(kind, namespace, labelSelector);
  for (const { metadata } of items) await cluster.remove(kind, namespace, metadata?.name ?? '');
}

/** What stands in a Deployment's way: no quota, no progress in time. Empty: nothing. */
function troubleIn({ status }: V1Deployment): string {
  const trouble = status?.conditions?.find(
    ({ type, status: is }) =>
      (type === 'ReplicaFailure' && is === 'True') || (type === 'Progressing' && is === 'False'),
  );
  return trouble === undefined ? '' : `${trouble.reason ?? trouble.type}: ${trouble.message ?? ''}`;
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Keeps one deployment that is given as a whole, until it is taken away or left to another executor.
 *
 * Owns the registration of its instances. Does not own how they run (the runtime) nor who wants them.
 *
 * G1. Registered is what takes calls, as what it was made of: routes never lead to one that is not ready.
 * G2. To take away: out of the routes, then the calls under way, then the runtime takes away what there is.
 * G3. To leave: nothing changes. Whoever takes over registers the same instances again before their leases run out.
 */
import { AssignmentState, type AssignedInstance, type InstanceTemplate } from '@skein/contracts/registry';
import { stopTimeoutMsOf } from '../domain/hosted-settings.ts';
import type { HostedDirectory } from './hosted-directory.ts';
import type { HostTimes } from './hosted-instance.ts';
import { afterLastCall, type OwnCalls } from './last-calls.ts';
import type { KeptWhole, WholeInstance, WholePicture, WholeRuntime, WholeSpec } from './whole-runtime.ts';

/** How a deployment is, for the registry. */
export interface WholeStatus {
  readonly assignmentId: string;
  readonly revision: bigint;
  readonly state: AssignmentState;
  readonly endpoints: readonly string[];
  readonly updatedReplicas: number;
  readonly failure: string;
}

/** What a deployment needs. */
export interface HostedDeploymentOptions {
  readonly runtime: WholeRuntime;
  readonly directory: HostedDirectory;
  readonly times: HostTimes;
  /** Undefined: other executors call instances too. */
  readonly ownCalls: OwnCalls | undefined;
  readonly onStatus: (status: WholeStatus) => void;
}

interface Registered {
  readonly instance: WholeInstance;
  readonly text: string;
  readonly over: AbortController;
  /** Resolves with the instance id after `over`. */
  readonly done: Promise<string | undefined>;
  isKnown: boolean;
}

export class HostedDeployment {
  readonly #options: HostedDeploymentOptions;
  readonly #assignmentId: string;
  readonly #key: { readonly namespace: string; readonly deploymentId: string };
  readonly #kept: KeptWhole;
  readonly #registered = new Map<string, Registered>();
  /** Ends the wait for the last calls of an endpoint that is wanted again. */
  readonly #wanted = new Map<string, () => void>();
  /** Those that are on their way out of the routes. */
  readonly #leaving = new Set<Promise<void>>();
  #spec: WholeSpec;
  #failure = '';
  #told = '';
  #end: Promise<void> | undefined;
  /** What is being taken away is left to another executor. */
  readonly #leftOver = new AbortController();

  constructor(assigned: AssignedInstance & { readonly template: InstanceTemplate }, options: HostedDeploymentOptions) {
    const { namespace, deploymentId, assignmentId } = assigned;
    this.#options = options;
    this.#assignmentId = assignmentId;
    this.#key = { namespace, deploymentId };
    this.#spec = assigned;
    this.#kept = options.runtime.open(this.#key, (picture) => this.#see(picture));
    if (!assigned.wanted) return;
    this.#kept.bring(this.#spec);
    this.#tell();
  }

  /** It is to be this now. */
  update(spec: WholeSpec): void {
    if (this.#end !== undefined || textOf(spec) === textOf(this.#spec)) return;
    this.#spec = spec;
    this.#failure = '';
    this.#kept.bring(spec);
    this.#tell();
  }

  /** G2. Repeatable. */
  remove(): Promise<void> {
    return (this.#end ??= this.#remove());
  }

  /** G3. Repeatable. */
  release(): Promise<void> {
    this.#leftOver.abort();
    return (this.#end ??= this.#release());
  }

  async #remove(): Promise<void> {
    // `#end` is set by now.
    await Promise.resolve();
    this.#report(AssignmentState.STOPPING);
    for (const endpoint of this.#registered.keys()) this.#leave(endpoint);
    await Promise.all(this.#leaving);
    await this.#kept.remove(this.#leftOver.signal);
    if (!this.#leftOver.signal.aborted) this.#report(AssignmentState.STOPPED);
  }

  async #release(): Promise<void> {
    const all = [...this.#registered.values()];
    this.#registered.clear();
    for (const { over } of all) over.abort();
    await Promise.all([this.#kept.release(), ...all.map(({ done }) => done)]);
  }

  /** G1. */
  #see({ instances, failure }: WholePicture): void {
    if (this.#end !== undefined) return;
    this.#failure = failure;
    const seen = new Set(instances.map(({ endpoint }) => endpoint));
    for (const endpoint of this.#registered.keys()) if (!seen.has(endpoint)) this.#leave(endpoint);
    for (const instance of instances) this.#register(instance);
    this.#tell();
  }

  #register(instance: WholeInstance): void {
    const { endpoint, registration } = instance;
    const text = JSON.stringify(registration);
    const known = this.#registered.get(endpoint);
    const isSame = known?.text === text;
    if (isSame && known.instance.revision === instance.revision) return;
    // It is registered over: at no time is it out of the routes.
    known?.over.abort();
    const { directory, times } = this.#options;
    const over = new AbortController();
    const onRegistered = () => {
      registered.isKnown = true;
      this.#tell();
    };
    const key = { ...this.#key, assignmentId: this.#assignmentId };
    const done = directory.keepRegistered(
      { ...key, settings: registration, endpoint, times, onRegistered },
      over.signal,
    );
    const registered: Registered = { instance, text, over, done, isKnown: isSame && known.isKnown };
    this.#registered.set(endpoint, registered);
    this.#wanted.get(endpoint)?.();
  }

  #leave(endpoint: string): void {
    const registered = this.#registered.get(endpoint);
    if (registered === undefined) return;
    this.#registered.delete(endpoint);
    const leaving = this.#unregister(registered).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  async #unregister({ over, done, instance }: Registered): Promise<void> {
    const { directory, times, ownCalls } = this.#options;
    over.abort();
    const instanceId = await done;
    if (instanceId === undefined) return;
    const named = { namespace: this.#key.namespace, agentId: instance.registration.agentId, instanceId };
    const limitMs = stopTimeoutMsOf(this.#spec.template);
    await directory.drain(named);
    const { endpoint } = instance;
    const back = new AbortController();
    this.#wanted.set(endpoint, () => back.abort());
    const signal = AbortSignal.any([this.#leftOver.signal, back.signal]);
    await afterLastCall(named, { directory, ownCalls, settleMs: times.settleMs, limitMs, signal });
    this.#wanted.delete(endpoint);
    // What came back meanwhile is the same instance.
    if (!this.#registered.has(instance.endpoint)) await directory.remove(named);
  }

  #tell(): void {
    if (this.#end !== undefined) return;
    const { revision, replicas } = this.#spec;
    const isDone = this.#known.filter((each) => each.revision === revision).length >= replicas;
    if (isDone) this.#report(AssignmentState.RUNNING);
    else this.#report(this.#failure === '' ? AssignmentState.STARTING : AssignmentState.RESTARTING);
  }

  get #known(): readonly WholeInstance[] {
    return [...this.#registered.values()].filter(({ isKnown }) => isKnown).map(({ instance }) => instance);
  }

  #report(state: AssignmentState): void {
    const { revision: newest } = this.#spec;
    // What ends, ends whatever it was to become meanwhile.
    const revision = this.#end === undefined ? newest : 0n;
    const endpoints = this.#known.map(({ endpoint }) => endpoint);
    const updatedReplicas = this.#known.filter((each) => each.revision === newest).length;
    const { assignmentId, failure } = { assignmentId: this.#assignmentId, failure: this.#failure };
    const status = { assignmentId, revision, state, endpoints, updatedReplicas, failure };
    const text = JSON.stringify({ ...status, revision: String(revision) });
    if (text === this.#told) return;
    this.#told = text;
    this.#options.onStatus(status);
  }
}

/** What tells one specification from another. */
function textOf({ revision, replicas, rollout, autoscale }: WholeSpec): string {
  const rest = { replicas, rollout, autoscale };
  return JSON.stringify([String(revision), rest], (_name, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

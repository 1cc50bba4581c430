/**
 * Keeps the registry told of the workers that have dialled in here.
 *
 * Owns which of them are registered, under which instance. Does not own the workers.
 *
 * R1. A worker is registered with a lease before it is answered, and again when the registry has forgotten it while it is
 *     connected. Where it was registered before, at another executor, it is registered no longer: it is one process.
 * R2. One heartbeat for each agent says how all of its workers are; it is sent every `beatMs`, and soon after a change.
 */
import type { JsonObject } from '@bufbuild/protobuf';
import type { AgentCard } from '@skein/contracts/agent';
import { workerKey, type WorkerIdentity } from '../domain/worker-address.ts';
import type { WorkerHub, WorkerLoad } from './worker-hub.ts';

/** What a worker says of itself. */
export interface WorkerRegistration extends WorkerIdentity {
  readonly card: AgentCard;
  readonly agentType: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly config: JsonObject | undefined;
}

/** How one worker is, for the registry. */
export interface WorkerBeat extends WorkerLoad {
  readonly instanceId: string;
}

/** The registry, as workers need it. */
export interface WorkerDirectory {
  /** Registers a worker; answers its instance id. */
  register(registration: WorkerRegistration, leaseMs: number): Promise<string>;
  /** Of one agent; answers the instance ids that the registry does not know any more. */
  beat(namespace: string, agentId: string, beats: readonly WorkerBeat[]): Promise<readonly string[]>;
  remove(identity: WorkerIdentity, instanceId: string): Promise<void>;
  /** Instances that the worker is registered as at other executors. */
  elsewhere(identity: WorkerIdentity): readonly string[];
}

/** What a registrar needs. */
export interface WorkerRegistrarOptions {
  readonly hub: () => WorkerHub;
  readonly directory: WorkerDirectory;
  readonly leaseMs: number;
  readonly beatMs: number;
  readonly onFailed: (error: unknown) => void;
}

interface Entry {
  readonly registration: WorkerRegistration;
  instanceId: string;
}

/** A change is told after this long, with others of the moment. */
const SOON_MS = 50;

export class WorkerRegistrar implements AsyncDisposable {
  readonly #options: WorkerRegistrarOptions;
  readonly #entries = new Map<string, Entry>();
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #isStopping = false;

  constructor(options: WorkerRegistrarOptions) {
    this.#options = options;
  }

  /** R1. */
  async join(registration: WorkerRegistration): Promise<void> {
    const { directory, leaseMs, beatMs } = this.#options;
    const key = workerKey(registration);
    const known = this.#entries.get(key);
    if (known === undefined) {
      const instanceId = await directory.register(registration, leaseMs);
      this.#entries.set(key, { registration, instanceId });
      for (const stale of directory.elsewhere(registration)) this.#remove(registration, stale);
    }
    this.#schedule(known === undefined ? beatMs : SOON_MS);
  }

  /** Something has changed that routes should know. */
  changed(): void {
    if (this.#entries.size > 0) this.#schedule(SOON_MS);
  }

  /** A worker is gone for good. */
  leave(identity: WorkerIdentity): void {
    const entry = this.#entries.get(workerKey(identity));
    if (entry === undefined) return;
    this.#entries.delete(workerKey(identity));
    this.#remove(identity, entry.instanceId);
  }

  /** What the registry is not told it finds out when the lease ends. */
  #remove(identity: WorkerIdentity, instanceId: string): void {
    this.#options.directory.remove(identity, instanceId).catch(this.#options.onFailed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#beating;
    const left = [...this.#entries.values()];
    this.#entries.clear();
    const removed = left.map((entry) => this.#options.directory.remove(entry.registration, entry.instanceId));
    for (const outcome of await Promise.allSettled(removed)) {
      if (outcome.status === 'rejected') this.#options.onFailed(outcome.reason);
    }
  }

  #schedule(inMs: number): void {
    if (this.#isStopping) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat().finally(() => {
        this.#beating = undefined;
        if (this.#entries.size > 0) this.#schedule(this.#options.beatMs);
      });
    }, inMs);
  }

  /** R2. */
  async #beat(): Promise<void> {
    const byAgent = Map.groupBy(
      this.#options.hub().loads(),
      ({ identity: { namespace, agentId } }) => `${namespace}/${agentId}`,
    );
    await Promise.all(Array.from(byAgent.values(), (loads) => this.#beatAgent(loads)));
  }

  async #beatAgent(loads: readonly WorkerLoad[]): Promise<void> {
    const { directory, leaseMs, onFailed } = this.#options;
    const [first] = loads;
    if (first === undefined) return;
    const beats = loads.flatMap((load) => {
      const entry = this.#entries.get(workerKey(load.identity));
      return entry === undefined ? [] : [{ ...load, instanceId: entry.instanceId }];
    });
    if (beats.length === 0) return;
    const { namespace, agentId } = first.identity;
    try {
      const unknown = new Set(await directory.beat(namespace, agentId, beats));
      // One that is away may be registered elsewhere by now.
      const away = new Set(beats.filter(({ isConnected }) => !isConnected).map(({ instanceId }) => instanceId));
      for (const entry of this.#entries.values()) {
        if (!unknown.has(entry.instanceId) || away.has(entry.instanceId)) continue;
        entry.instanceId = await directory.register(entry.registration, leaseMs);
      }
    } catch (error) {
      onFailed(error);
    }
  }
}

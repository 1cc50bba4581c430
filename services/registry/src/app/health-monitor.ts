/**
 * Probes every instance, again and again, while it is started.
 *
 * Owns the probes and their timing. Does not own the instances, which it follows through the feed, nor their states,
 * which it hands to the journal when they change.
 *
 * H1. At most `concurrency` probes run at a time, and never two of one instance.
 * H2. What the feed says of an instance's state is taken over: a state that was reset is found again by a probe.
 * H3. Functions and workers are not probed, nor those of versions that were registered so.
 */
import {
  keyText,
  type AgentKey,
  type AgentRecord,
  type InstanceRecord,
  type ProbeSettings,
  type Protocol,
} from '../domain/agent-record.ts';
import { versionOf } from '../domain/agent-version.ts';
import { formOf } from '../domain/endpoint.ts';
import { afterProbe, type ProbeCount } from '../domain/probe-count.ts';
import type { AgentContact, AgentContacts } from './agent-contact.ts';
import type { HealthJournal } from './health-journal.ts';
import { probeOnce, type ProbeFinding } from './probe-once.ts';
import { ProbeSlots } from './probe-slots.ts';
import type { RegistryObserver } from './registry-observer.ts';
import type { RouteFeed } from './route-feed.ts';

/** How instances are probed. */
export interface ProbePolicy {
  /** Time between two probes of an instance. */
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Failed probes in a row that make an instance unhealthy. */
  readonly failures: number;
  /** Most probes at a time. */
  readonly concurrency: number;
}

/** What a monitor needs. */
export interface HealthMonitorOptions {
  readonly policy: ProbePolicy;
  readonly feed: RouteFeed;
  readonly contacts: AgentContacts;
  readonly journal: HealthJournal;
  readonly observer: RegistryObserver;
  /** An instance answers again, or for the first time. */
  readonly onRecovered: (agent: AgentRecord, endpoint: string, signal: AbortSignal) => Promise<void>;
  readonly nowMs: () => number;
  readonly random: () => number;
}

interface Target {
  agent: AgentRecord;
  readonly key: AgentKey;
  readonly instanceId: string;
  readonly endpoint: string;
  readonly protocol: Protocol;
  readonly contact: AgentContact;
  settings: ProbeSettings;
  count: ProbeCount;
  timer: NodeJS.Timeout | undefined;
}

/** Share of the interval by which the time between two probes varies. */
const JITTER = 0.1;

export class HealthMonitor implements Disposable {
  readonly #options: HealthMonitorOptions;
  readonly #slots: ProbeSlots;
  readonly #targets = new Map<string, Target>();
  /** Instances of each agent. */
  readonly #ofAgent = new Map<string, readonly string[]>();
  #started: AbortController | undefined;

  constructor(options: HealthMonitorOptions) {
    this.#options = options;
    this.#slots = new ProbeSlots(options.policy.concurrency);
  }

  start(): void {
    if (this.#started !== undefined) return;
    this.#started = new AbortController();
    this.#follow(this.#started.signal).catch((error: unknown) => this.#options.observer.defect('monitor', error));
  }

  /** Ends every probe; the states stay as they are. */
  stop(): void {
    this.#started?.abort(new Error('the monitor stops'));
    this.#started = undefined;
    const targets = [...this.#targets.values()];
    this.#targets.clear();
    this.#ofAgent.clear();
    for (const target of targets) this.#drop(target);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    using watcher = this.#options.feed.watch();
    for await (const news of watcher.news(signal)) {
      if (signal.aborted) return;
      if (news.kind === 'upserted') this.#retarget(news.agent, signal);
      if (news.kind === 'removed') this.#keepOnly(news.key, []);
    }
  }

  #retarget(agent: AgentRecord, signal: AbortSignal): void {
    const kept = agent.instances.filter((instance) => this.#follows(agent, instance, signal));
    this.#keepOnly(
      agent,
      kept.map(({ instanceId }) => instanceId),
    );
  }

  /** Makes or changes the target of an instance; false: it is not probed (H3). */
  #follows(agent: AgentRecord, instance: InstanceRecord, signal: AbortSignal): boolean {
    const { instanceId, endpoint, probedHealth } = instance;
    const version = versionOf(agent, instance.version);
    if (version === undefined || version.probe?.disabled === true) return false;
    const { protocol, probe: settings = {} } = version;
    const form = formOf(endpoint);
    if (form !== 'grpc' && form !== 'http') return false;
    const known = this.#targets.get(instanceId);
    if (known !== undefined && known.protocol === protocol) {
      known.agent = agent;
      known.settings = settings;
      known.count = { ...known.count, health: probedHealth };
      return true;
    }
    if (known !== undefined) this.#drop(known);
    const target: Target = {
      agent,
      instanceId,
      endpoint,
      protocol,
      settings,
      contact: this.#options.contacts[form],
      key: { namespace: agent.namespace, agentId: agent.agentId },
      count: { health: probedHealth, failures: 0, successes: 0 },
      timer: undefined,
    };
    this.#targets.set(instanceId, target);
    const { intervalMs } = this.#policyOf(target);
    this.#schedule(target, probedHealth === 'UNKNOWN' ? 0 : intervalMs * this.#options.random(), signal);
    return true;
  }

  #policyOf({ settings }: Target): { readonly intervalMs: number; readonly timeoutMs: number } {
    const { policy } = this.#options;
    return {
      intervalMs: settings.intervalMs ?? policy.intervalMs,
      timeoutMs: settings.timeoutMs ?? policy.timeoutMs,
    };
  }

  /** Drops the targets of an agent that are no instances of it any more. */
  #keepOnly(key: AgentKey, instanceIds: readonly string[]): void {
    const text = keyText(key);
    for (const instanceId of this.#ofAgent.get(text) ?? []) {
      const target = this.#targets.get(instanceId);
      if (target !== undefined && !instanceIds.includes(instanceId)) this.#drop(target);
    }
    if (instanceIds.length === 0) this.#ofAgent.delete(text);
    else this.#ofAgent.set(text, instanceIds);
  }

  #drop(target: Target): void {
    clearTimeout(target.timer);
    this.#targets.delete(target.instanceId);
    this.#options.journal.forget(target.instanceId);
    // Several agents may live behind one endpoint.
    const shared = this.#targets.values().some(({ endpoint }) => endpoint === target.endpoint);
    if (!shared) target.contact.forget(target.endpoint);
  }

  #schedule(target: Target, inMs: number, signal: AbortSignal): void {
    if (signal.aborted || this.#targets.get(target.instanceId) !== target) return;
    target.timer = setTimeout(() => void this.#probe(target, signal), inMs);
  }

  async #probe(target: Target, signal: AbortSignal): Promise<void> {
    const { observer, random } = this.#options;
    const { intervalMs, timeoutMs } = this.#policyOf(target);
    try {
      await this.#slots.run(async () => {
        if (signal.aborted || this.#targets.get(target.instanceId) !== target) return;
        const startedAtMs = performance.now();
        const found = await probeOnce(target.contact, target.endpoint, timeoutMs, signal);
        observer.probed(target.protocol, found.finding !== 'FAILED', performance.now() - startedAtMs);
        this.#judge(target, found, signal);
      });
    } catch (error) {
      if (!signal.aborted) observer.defect(`probe of ${target.endpoint}`, error);
    }
    this.#schedule(target, intervalMs * (1 + JITTER * (random() - 0.5)), signal);
  }

  #judge(target: Target, { finding, detail }: ProbeFinding, signal: AbortSignal): void {
    const { policy, journal, observer, nowMs, onRecovered } = this.#options;
    if (this.#targets.get(target.instanceId) !== target) return;
    const { key, instanceId, endpoint, agent, settings } = target;
    const before = target.count;
    target.count = afterProbe(before, finding, {
      unhealthy: settings.unhealthyThreshold ?? policy.failures,
      healthy: settings.healthyThreshold ?? 1,
    });
    const { health } = target.count;
    if (health === before.health) {
      if (finding !== 'FAILED') journal.sign({ ...key, instanceId, atMs: nowMs() });
      return;
    }
    const change = { ...key, instanceId, health, healthDetail: detail };
    journal.change(change);
    observer.healthChanged(change);
    const wasAway = before.health === 'UNKNOWN' || before.health === 'UNHEALTHY';
    if (finding === 'FAILED' || !wasAway) return;
    onRecovered(agent, endpoint, signal).catch((error: unknown) => {
      if (!signal.aborted) observer.databaseFailed(`reading the card of ${key.agentId}`, error);
    });
  }
}

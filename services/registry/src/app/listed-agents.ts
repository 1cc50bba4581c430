/**
 * Keeps the agents that the file of agents lists registered, while it is started. One process of a database does it, the
 * one that probes.
 *
 * Owns: when the file is read, and what of it could not be done yet. Does not own the agents: it registers them as anybody
 * would.
 *
 * F1. A file that cannot be read, or not whole, changes nothing: what was listed before stays.
 * F2. What one entry does wrong keeps none of the others.
 * F3. An agent that was listed and is not any more is unregistered; one that others have registered stays. While a host that
 *     has not said which agent it has is away, agents of hosts stay: one of them may be its.
 */
import { SOURCE_ORDER, type AgentSource } from '../domain/agent-source.ts';
import { keyText, type AgentKey } from '../domain/agent-record.ts';
import type { AgentSourceStore } from './agent-source-store.ts';
import type { AgentStore } from './agent-store.ts';
import { registerAgent, type Registration, type RegisterParts } from './register-agent.ts';

/** What one entry of the file stands for. */
export interface ListedAgent {
  /** Where it is in the file, for people. */
  readonly place: string;
  readonly source: Exclude<AgentSource, 'REGISTERED'>;
  /** Undefined: the card at the host says it. */
  readonly key: AgentKey | undefined;
  /** What to register; of a host, once its card is read. */
  resolve(signal: AbortSignal): Promise<Registration>;
}

/** The file of agents. */
export interface AgentFile {
  /** Undefined: as it was when it was read last. @throws why it cannot be read. */
  readIfChanged(): Promise<readonly ListedAgent[] | undefined>;
}

/** Told of what becomes of the file. */
export interface ListedAgentsObserver {
  fileRead(entries: number): void;
  /** The file cannot be read, or one entry of it cannot be registered now; it is tried again. */
  listingFailed(place: string, error: unknown): void;
}

/** What this takes. */
export interface ListedAgentsOptions extends RegisterParts {
  readonly file: AgentFile;
  readonly sources: AgentSourceStore;
  readonly observer: ListedAgentsObserver;
  /** Time between two looks at the file. */
  readonly intervalMs: number;
}

/** Rounds after which an entry that could not be registered is tried again. */
const RETRY_ROUNDS = 6;

export class ListedAgents implements AsyncDisposable {
  readonly #options: ListedAgentsOptions;
  #started: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();
  #listed: readonly ListedAgent[] = [];
  /** Entries that are registered, by place. */
  readonly #kept = new Map<string, AgentKey>();
  #round = 0;

  constructor(options: ListedAgentsOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#started !== undefined) return;
    this.#started = new AbortController();
    this.#schedule(0, this.#started.signal);
  }

  stop(): void {
    this.#started?.abort(new Error('the registry does not look at the file any more'));
    this.#started = undefined;
    clearTimeout(this.#timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#working;
  }

  #schedule(inMs: number, signal: AbortSignal): void {
    this.#timer = setTimeout(() => {
      this.#working = this.#lookAndSchedule(signal);
    }, inMs);
  }

  async #lookAndSchedule(signal: AbortSignal): Promise<void> {
    try {
      await this.#look(signal);
    } catch (error) {
      if (!signal.aborted) this.#options.observer.listingFailed('the file', error);
    }
    if (!signal.aborted) this.#schedule(this.#options.intervalMs, signal);
  }

  /** F1. */
  async #look(signal: AbortSignal): Promise<void> {
    const changed = await this.#options.file.readIfChanged();
    if (changed !== undefined) {
      this.#listed = changed;
      this.#kept.clear();
      this.#round = 0;
      this.#options.observer.fileRead(changed.length);
    }
    const isTime = this.#round % RETRY_ROUNDS === 0;
    this.#round += 1;
    if (!isTime) return;
    for (const entry of this.#listed) if (!this.#kept.has(entry.place)) await this.#keep(entry, signal);
    await this.#forgetOthers();
  }

  /** F2. */
  async #keep(entry: ListedAgent, signal: AbortSignal): Promise<void> {
    const { sources, observer } = this.#options;
    try {
      const registration = await entry.resolve(signal);
      const { key } = registration;
      const before = await sources.sourceOf(key);
      // What the file says of an agent goes before what the card of a host says.
      if (SOURCE_ORDER[before] < SOURCE_ORDER[entry.source] && this.#isKept(key)) return;
      await sources.set(key, entry.source);
      await registerAgent(this.#options, registration, signal);
      this.#kept.set(entry.place, key);
    } catch (error) {
      if (signal.aborted) throw error;
      observer.listingFailed(entry.place, error);
    }
  }

  #isKept(key: AgentKey): boolean {
    const text = keyText(key);
    return this.#kept.values().some((kept) => keyText(kept) === text);
  }

  /** F3. */
  async #forgetOthers(): Promise<void> {
    const { sources, store } = this.#options;
    const keys = this.#listed.map(({ place, key }) => key ?? this.#kept.get(place));
    const isHostUnknown = keys.includes(undefined);
    const listed = new Set(keys.flatMap((key) => (key === undefined ? [] : [keyText(key)])));
    for (const known of await sources.list()) {
      if (listed.has(keyText(known)) || (isHostUnknown && known.source === 'WELL_KNOWN')) continue;
      await this.#remove(store, known);
    }
  }

  async #remove(store: Pick<AgentStore, 'remove'>, key: AgentKey): Promise<void> {
    await store.remove(key, '');
    await this.#options.sources.forget(key);
  }
}

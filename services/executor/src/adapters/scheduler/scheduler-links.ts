/**
 * The streams to all live schedulers.
 *
 * Owns: which schedulers there is a stream to. Does not own: a stream (ExchangeLink), or who lives: every scheduler
 * tells.
 *
 * Y1. The schedulers of the configuration are tried for as long as the executor lives; others for as long as a
 *     scheduler names them.
 * Y2. There is one stream to a scheduler, however many addresses it has: of two, the one of the configuration stays.
 * Y3. What is in hand for a scheduler that cannot be reached is announced to the others every ORPHAN_MS, until one of
 *     them claims it or has it stopped.
 */
import type { SchedulerMember } from '@skein/contracts/scheduler';
import type { SchedulerHome } from '../../app/scheduler-home.ts';
import type { SchedulerPeer } from '../../app/scheduler-peer.ts';
import { ExchangeLink, type ExchangeLinkOptions } from './exchange-link.ts';

/** What the links need. */
export interface SchedulerLinksOptions extends Pick<
  ExchangeLinkOptions,
  'executorId' | 'budget' | 'desk' | 'observer'
> {
  /** Of the configuration; at least one. */
  readonly schedulers: readonly SchedulerPeer[];
  /** Reaches a scheduler that another one has named. */
  readonly connect: (address: string) => SchedulerPeer & Disposable;
}

const ORPHAN_MS = 2000;

interface NamedLink {
  readonly link: ExchangeLink;
  readonly peer: Disposable;
}

export class SchedulerLinks implements AsyncDisposable {
  readonly #options: SchedulerLinksOptions;
  readonly #configured: readonly ExchangeLink[];
  /** By address. */
  readonly #named = new Map<string, NamedLink>();
  readonly #closing = new Set<Promise<void>>();
  readonly #orphanTimer: NodeJS.Timeout;
  #taking = false;
  #draining = false;

  constructor(options: SchedulerLinksOptions) {
    this.#options = options;
    this.#orphanTimer = setInterval(() => this.#announceOrphans(), ORPHAN_MS).unref();
    this.#configured = options.schedulers.map((peer) => this.#linkTo(peer));
  }

  /** Whether any scheduler has answered. */
  get connected(): boolean {
    return this.#all.some((link) => link.connected);
  }

  /** Addresses of all, for messages. */
  get names(): string {
    return this.#all.map(({ name }) => name).join(', ');
  }

  /** From now on tasks are taken. */
  take(): void {
    this.#taking = true;
    for (const link of this.#all) link.take();
  }

  /** No more tasks are taken. */
  drain(): void {
    this.#draining = true;
    for (const link of this.#all) link.drain();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#orphanTimer);
    this.#draining = true;
    for (const address of this.#named.keys()) this.#close(address);
    await Promise.all([...this.#configured.map((link) => link[Symbol.asyncDispose]()), ...this.#closing]);
  }

  /** Y3. */
  #announceOrphans(): void {
    const connected = this.#all.filter((link) => link.connected);
    const isReachable = (home: SchedulerHome) => connected.some((link) => link === home);
    if (!this.#options.desk.hasOrphans(isReachable)) return;
    for (const link of connected) link.announce();
  }

  get #all(): ExchangeLink[] {
    return [...this.#configured, ...Array.from(this.#named.values(), ({ link }) => link)];
  }

  #linkTo({ name, tasks }: SchedulerPeer): ExchangeLink {
    const { executorId, budget, desk, observer } = this.#options;
    const link = new ExchangeLink({
      name,
      tasks,
      executorId,
      budget,
      desk,
      observer,
      onWelcome: () => this.#closeDoubles(),
      onMembers: (members) => this.#follow(members),
    });
    if (this.#taking) link.take();
    return link;
  }

  /** Y1. */
  #follow(members: readonly SchedulerMember[]): void {
    if (this.#draining) return;
    const known = this.#all;
    for (const { schedulerId, address } of members) {
      if (known.some((link) => link.schedulerId === schedulerId || link.name === address)) continue;
      const peer = this.#options.connect(address);
      this.#named.set(address, { link: this.#linkTo(peer), peer });
    }
    const living = new Set(members.map(({ address }) => address));
    for (const [address, { link }] of this.#named) if (!living.has(address) && !link.connected) this.#close(address);
  }

  /** Y2. */
  #closeDoubles(): void {
    const configured = new Set(this.#configured.map(({ schedulerId }) => schedulerId));
    for (const [address, { link }] of this.#named) {
      if (link.connected && configured.has(link.schedulerId)) this.#close(address);
    }
  }

  #close(address: string): void {
    const named = this.#named.get(address);
    if (named === undefined) return;
    this.#named.delete(address);
    const closing: Promise<void> = named.link[Symbol.asyncDispose]().finally(() => {
      named.peer[Symbol.dispose]();
      this.#closing.delete(closing);
    });
    this.#closing.add(closing);
  }
}

import type { Leadership } from '../../services/scheduler/src/app/leadership.ts';
import { wayMs, type Life, type Surroundings } from './surroundings.ts';

const RETRY_MS = 250;
/** Longest time until the office notices that a holder has died. */
const NOTICE_MS = 3000;

/** Gives the leadership to one candidate at a time, as the database's lock does; who had it before may not know yet. */
export class LeaseOffice {
  #holder: SimulatedLeadership | undefined;
  #lastHolder = '';

  isHolder(candidate: SimulatedLeadership): boolean {
    return this.#holder === candidate;
  }

  /** Undefined: somebody else has it. */
  take(candidate: SimulatedLeadership): { readonly continued: boolean } | undefined {
    if (this.#holder !== undefined) return undefined;
    this.#holder = candidate;
    const continued = this.#lastHolder === candidate.schedulerId;
    this.#lastHolder = candidate.schedulerId;
    return { continued };
  }

  giveBack(candidate: SimulatedLeadership): void {
    if (this.#holder === candidate) this.#holder = undefined;
  }
}

/** One scheduler's candidacy. */
export class SimulatedLeadership implements Leadership {
  readonly schedulerId: string;
  readonly #office: LeaseOffice;
  readonly #life: Life;
  readonly #surroundings: Surroundings;
  readonly #onActive: (continued: boolean) => Promise<unknown>;
  #active = new AbortController();
  #isActive = false;

  constructor(
    parts: { readonly office: LeaseOffice; readonly life: Life; readonly surroundings: Surroundings },
    schedulerId: string,
    onActive: (continued: boolean) => Promise<unknown>,
  ) {
    this.schedulerId = schedulerId;
    this.#office = parts.office;
    this.#life = parts.life;
    this.#surroundings = parts.surroundings;
    this.#onActive = onActive;
    this.#active.abort();
    const { time, random } = this.#surroundings;
    this.#life.onDeath(() => time.after(random.integer(1, NOTICE_MS), () => this.#office.giveBack(this)));
    void this.#campaign();
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  get activeSignal(): AbortSignal {
    return this.#active.signal;
  }

  /** The session with the office breaks; this scheduler finds out after a while. */
  lose(noticedAfterMs: number): void {
    if (!this.#isActive || !this.#office.isHolder(this)) return;
    this.#office.giveBack(this);
    this.#surroundings.trace.note(this.#life.name, `loses leadership, unnoticed for ${noticedAfterMs} ms`);
    this.#surroundings.time.after(noticedAfterMs, () => {
      if (!this.#life.alive) return;
      this.#isActive = false;
      this.#active.abort();
      void this.#campaign();
    });
  }

  async #campaign(): Promise<void> {
    const { time } = this.#surroundings;
    while (this.#life.alive && !this.#isActive) {
      await time.sleep(wayMs(this.#surroundings));
      if (!this.#life.alive) return;
      if (await this.#tryOnce()) return;
      await time.sleep(RETRY_MS);
    }
  }

  async #tryOnce(): Promise<boolean> {
    const taken = this.#office.take(this);
    if (taken === undefined) return false;
    try {
      await this.#onActive(taken.continued);
    } catch {
      this.#office.giveBack(this);
      return false;
    }
    if (!this.#life.alive || !this.#office.isHolder(this)) return false;
    this.#surroundings.trace.note(this.#life.name, taken.continued ? 'is active again' : 'is active');
    this.#active = new AbortController();
    this.#isActive = true;
    return true;
  }
}

import type {
  Life as MemberLife,
  MemberListener,
  MemberSession,
  MemberStore,
} from '../../services/scheduler/src/app/member-store.ts';
import { StoreFault } from './store-calls.ts';
import { chance, never, wayMs, type Life, type Surroundings } from './surroundings.ts';

/** Longest time until the store notices that the holder of a session has died. */
const MAX_NOTICE_MS = 500;

/** One scheduler's way to the store of the members: calls take time and fail, and the dead are noticed after a while. */
export class MemberLink implements MemberStore {
  readonly #store: MemberStore;
  readonly #life: Life;
  readonly #surroundings: Surroundings;
  /** Until when nothing gets through and nothing is noticed. */
  #cutUntilMs = 0;

  constructor(store: MemberStore, life: Life, surroundings: Surroundings) {
    this.#store = store;
    this.#life = life;
    this.#surroundings = surroundings;
  }

  get isCut(): boolean {
    return this.#surroundings.time.nowMs < this.#cutUntilMs;
  }

  cutFor(durationMs: number): void {
    this.#cutUntilMs = this.#surroundings.time.nowMs + durationMs;
  }

  async open(listener: MemberListener): Promise<MemberSession> {
    const session = await this.#call(() => this.#store.open(this.#delayed(listener)));
    const { time, random } = this.#surroundings;
    this.#life.onDeath(() => time.after(random.integer(1, MAX_NOTICE_MS), () => void session.close()));
    return {
      join: (life: MemberLife) => this.#call(() => session.join(life)),
      heartbeat: (life, mayJudge) => this.#call(() => session.heartbeat(life, mayJudge)),
      leave: (life) => this.#call(() => session.leave(life)),
      close: () => session.close(),
    };
  }

  #delayed(listener: MemberListener): MemberListener {
    const later = (tell: () => void) => {
      if (this.isCut) return;
      this.#surroundings.time.after(wayMs(this.#surroundings), () => void (this.#life.alive && tell()));
    };
    return {
      membersChanged: () => later(() => listener.membersChanged()),
      workflowChanged: (workflow) => later(() => listener.workflowChanged(workflow)),
      schedulesChanged: () => later(() => listener.schedulesChanged()),
      limitsChanged: (runId) => later(() => listener.limitsChanged(runId)),
      callSlotFreed: (limit) => later(() => listener.callSlotFreed(limit)),
      lost: () => later(() => listener.lost()),
    };
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    const { time, profile } = this.#surroundings;
    if (!this.#life.alive) return never();
    const fails = this.isCut || chance(this.#surroundings, profile().storeFault);
    await time.sleep(wayMs(this.#surroundings));
    if (fails) throw new StoreFault('the members cannot be reached');
    const result = await work();
    await time.sleep(wayMs(this.#surroundings));
    return this.#life.alive ? result : never();
  }
}

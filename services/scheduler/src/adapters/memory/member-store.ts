/** The live schedulers in memory, for tests and simulations of several schedulers in one process. */
import {
  DEAD_AFTER_MS,
  GONE_AFTER_MS,
  type Life,
  type MemberListener,
  type MemberSession,
  type MemberStore,
} from '../../app/member-store.ts';

interface Row {
  readonly life: Life;
  readonly session: MemberSession;
  readonly seenAtMs: number;
}

/** What the twin needs. */
export interface MemoryMemberStoreOptions {
  /** The store's clock, in milliseconds since 1970; default: the machine's. */
  readonly nowMs?: () => number;
}

export class MemoryMemberStore implements MemberStore {
  readonly #nowMs: () => number;
  readonly #rows = new Map<string, Row>();
  readonly #sessions = new Map<MemberSession, MemberListener>();

  constructor({ nowMs = Date.now }: MemoryMemberStoreOptions = {}) {
    this.#nowMs = nowMs;
  }

  async open(listener: MemberListener): Promise<MemberSession> {
    const session: MemberSession = {
      join: async (life) => this.#join(session, life),
      heartbeat: async (life, mayJudge) => this.#heartbeat(session, life, mayJudge),
      leave: async (life) => this.#remove((row) => row.life.incarnation === life.incarnation),
      close: async () => void this.#sessions.delete(session),
    };
    this.#sessions.set(session, listener);
    return session;
  }

  /** Finds a member dead, whatever its heartbeat says. */
  exclude(schedulerId: string): void {
    this.#remove(({ life }) => life.schedulerId === schedulerId);
  }

  #join(session: MemberSession, life: Life): 'joined' | 'known' | 'taken' {
    const present = this.#rows.get(life.schedulerId);
    const isKnown = present?.life.incarnation === life.incarnation;
    const isTaken =
      present !== undefined &&
      !isKnown &&
      this.#sessions.has(present.session) &&
      present.seenAtMs >= this.#nowMs() - DEAD_AFTER_MS;
    if (isTaken) return 'taken';
    this.#rows.set(life.schedulerId, { life, session, seenAtMs: this.#nowMs() });
    this.#tell();
    return isKnown ? 'known' : 'joined';
  }

  #heartbeat(session: MemberSession, life: Life, mayJudge: boolean) {
    const nowMs = this.#nowMs();
    if (mayJudge) {
      this.#remove(
        (row) =>
          row.life.schedulerId !== life.schedulerId &&
          (row.seenAtMs < nowMs - DEAD_AFTER_MS ||
            (row.seenAtMs < nowMs - GONE_AFTER_MS && !this.#sessions.has(row.session))),
      );
    }
    const lives = this.#rows.get(life.schedulerId)?.life.incarnation === life.incarnation;
    if (lives) this.#rows.set(life.schedulerId, { life, session, seenAtMs: nowMs });
    const members = Array.from(this.#rows.values(), ({ life: { schedulerId, address, historyVersion } }) => ({
      schedulerId,
      address,
      historyVersion,
    }));
    return { lives, members: members.toSorted((a, b) => (a.schedulerId < b.schedulerId ? -1 : 1)), nowMs };
  }

  #remove(isRemoved: (row: Row) => boolean): void {
    const removed = [...this.#rows.values()].filter(isRemoved);
    for (const { life } of removed) this.#rows.delete(life.schedulerId);
    if (removed.length > 0) this.#tell();
  }

  #tell(): void {
    for (const listener of this.#sessions.values()) listener.membersChanged();
  }
}

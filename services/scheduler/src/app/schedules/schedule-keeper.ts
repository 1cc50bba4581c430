/**
 * The one writer of schedules: brings them up to date, changes them for users, and carries out what they decide.
 *
 * Owns: the turn of each schedule in this process. Does not own: the rules (domain/schedule), durability
 * (ScheduleStore), runs (ScheduledRuns), and when to look (ScheduleClock).
 *
 * K1. What is decided is stored before it is carried out; a decision whose write has lost is made again from the row that won.
 * K2. What was carried out is written down afterwards. Who does not come to that leaves pending fires, and to start one
 *     again changes nothing.
 * K3. In this process one schedule is worked on at a time; several share their statements.
 * K4. A look ends when a start has not been answered for: fires that come due while it waits are for the next look, so that
 *     a look never lasts as long as starts fail.
 */
import { advance, fireNow, LOOK_AGAIN_MS, type Advanced, type AdvanceInput } from '../../domain/schedule/advance.ts';
import { jitterOf } from '../../domain/schedule/derived.ts';
import { FireTimes } from '../../domain/schedule/fire-times.ts';
import type {
  Fire,
  OverlapPolicy,
  PendingFire,
  ScheduleKey,
  ScheduleSpec,
  ScheduleState,
} from '../../domain/schedule/schedule.ts';
import { settle, type StartOutcome } from '../../domain/schedule/settle.ts';
import { GatheredCalls } from './gathered-calls.ts';
import type { ScheduledRuns } from './scheduled-runs.ts';
import { scheduleKeyText, type ScheduleRow, type ScheduleStore, type ScheduleWrite } from './schedule-store.ts';

/** What the keeper needs. */
export interface ScheduleKeeperOptions {
  readonly store: ScheduleStore;
  readonly runs: ScheduledRuns;
  /** Now by the store's clock, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Told of each fire whose run was started or will never be; `delayMs`: by how much it was late. */
  readonly onFired: (key: ScheduleKey, fire: PendingFire, outcome: StartOutcome, delayMs: number) => void;
}

/** A schedule that is up to date. */
export interface UpToDate {
  readonly row: ScheduleRow;
  /** When somebody has to look again; undefined: when a user has changed it. */
  readonly checkAtMs: number | undefined;
  /** Runs whose end it waits for. */
  readonly awaits: readonly string[];
}

/** What a user makes of a schedule. */
export interface ScheduleEdit {
  readonly spec?: ScheduleSpec;
  readonly state?: ScheduleState;
  /** A fire of now. */
  readonly fire?: { readonly fire: Fire; readonly overlap: OverlapPolicy };
  /** Whether it counts as another revision. */
  readonly isRevision: boolean;
  /**
   * Whether fire times that have come are decided before, as the schedule was then, however many they are. Default:
   * those of one look (MAX_FIRES); it is for the edit to say what becomes of more.
   */
  readonly isAfterAllDue?: boolean;
}

/** Rows that one statement reads or writes. */
const MOST_ROWS = 500;
const NOTHING: ReadonlyMap<string, StartOutcome> = new Map();

export class ScheduleKeeper {
  readonly #options: ScheduleKeeperOptions;
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #loads: GatheredCalls<ScheduleKey, ScheduleRow | undefined>;
  readonly #saves: GatheredCalls<ScheduleWrite, boolean>;
  readonly #ends: GatheredCalls<readonly string[], ReadonlySet<string>>;

  constructor(options: ScheduleKeeperOptions) {
    const { store, runs } = options;
    this.#options = options;
    this.#saves = new GatheredCalls((writes) => store.save(writes), MOST_ROWS);
    this.#loads = new GatheredCalls(async (keys) => {
      const rows = new Map((await store.load(keys)).map((row) => [scheduleKeyText(row), row]));
      return keys.map((key) => rows.get(scheduleKeyText(key)));
    }, MOST_ROWS);
    this.#ends = new GatheredCalls(async (lists) => {
      const ended: ReadonlySet<string> = new Set(await runs.closedAmong(lists.flat()));
      return lists.map(() => ended);
    }, MOST_ROWS);
  }

  /** Brings a schedule up to date and carries out what that decides; undefined: there is none. @throws where the store does. */
  advance(key: ScheduleKey): Promise<UpToDate | undefined> {
    return this.#inTurn(key, () => this.#advance(key));
  }

  /**
   * Stores what a user makes of a schedule, after what was due before; `edit` may be asked again. Undefined: there is
   * none. What follows from it is carried out by the next `advance`. @throws what `edit` throws.
   */
  change(
    key: ScheduleKey,
    edit: (row: ScheduleRow, nowMs: number) => ScheduleEdit | undefined,
  ): Promise<ScheduleRow | undefined> {
    return this.#inTurn(key, () => this.#change(key, edit));
  }

  /** K3. */
  async #inTurn<Result>(key: ScheduleKey, work: () => Promise<Result>): Promise<Result> {
    const text = scheduleKeyText(key);
    const before = this.#turns.get(text);
    const turn = before === undefined ? work() : before.then(work, work);
    this.#turns.set(text, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(text) === turn) this.#turns.delete(text);
    }
  }

  async #advance(key: ScheduleKey): Promise<UpToDate | undefined> {
    const { nowMs, runs } = this.#options;
    const tried = new Set<string>();
    let outcomes = NOTHING;
    let isUnsettled = false;
    let row = await this.#loads.add(key);
    let ended = await this.#endedOf(row);
    while (row !== undefined) {
      const now = nowMs();
      const settled = settle(row.state, outcomes, row.spec.catchUpWindowMs, now);
      const advanced = advance(this.#inputOf({ ...row, state: settled }, now, ended));
      const saved: ScheduleRow | undefined = isSame(row, advanced, now) ? row : await this.#save(row, advanced);
      if (saved === undefined) {
        row = await this.#loads.add(key);
        ended = await this.#endedOf(row);
        continue;
      }
      row = saved;
      const due = isUnsettled ? [] : row.state.pending.filter(({ runId }) => !tried.has(runId));
      if (due.length === 0) return { row, checkAtMs: advanced.checkAtMs, awaits: awaitedBy(advanced) };
      for (const { runId } of due) tried.add(runId);
      outcomes = await this.#start(runs, row, due);
      // K4.
      isUnsettled = outcomes.values().some(({ kind }) => kind === 'unsettled');
    }
    return undefined;
  }

  async #change(
    key: ScheduleKey,
    edit: (row: ScheduleRow, nowMs: number) => ScheduleEdit | undefined,
  ): Promise<ScheduleRow | undefined> {
    for (;;) {
      const row = await this.#loads.add(key);
      if (row === undefined) return undefined;
      const ended = await this.#endedOf(row);
      const now = this.#options.nowMs();
      const { state: decided, isBehind } = advance(this.#inputOf(row, now, ended));
      const upToDate = { ...row, state: decided };
      const edited = edit(upToDate, now);
      if (edited === undefined) return row;
      const { spec = row.spec, state = decided, fire, isRevision, isAfterAllDue = false } = edited;
      if (isBehind && isAfterAllDue) {
        await this.#advance(key);
        continue;
      }
      const input = this.#inputOf({ ...row, spec, state }, now, ended);
      const advanced = fire === undefined ? advance(input) : fireNow(input, fire.fire, fire.overlap);
      const { revision, updatedAtMs } = isRevision ? { revision: row.revision + 1, updatedAtMs: now } : row;
      const saved = await this.#save(row, advanced, { spec, revision, updatedAtMs });
      if (saved !== undefined) return saved;
    }
  }

  /** K1. The row as it is stored now; undefined: somebody else's write came first. */
  async #save(
    row: ScheduleRow,
    { state, nextFireMs, checkAtMs }: Advanced,
    change?: ScheduleWrite['change'],
  ): Promise<ScheduleRow | undefined> {
    const { namespace, scheduleId, writeSeq } = row;
    const written = { state, nextFireMs, checkAtMs };
    const key = { namespace, scheduleId };
    const isSaved = await this.#saves.add({
      ...key,
      ...written,
      writeSeq,
      ...(change === undefined ? {} : { change }),
    });
    return isSaved ? { ...row, ...written, ...change, writeSeq: writeSeq + 1 } : undefined;
  }

  /** Fires that end others go one after the other, in their order. */
  async #start(
    runs: ScheduledRuns,
    row: ScheduleRow,
    due: readonly PendingFire[],
  ): Promise<ReadonlyMap<string, StartOutcome>> {
    const outcomes = new Map<string, StartOutcome>();
    const startOne = async (fire: PendingFire): Promise<void> => {
      const outcome = await startFire(runs, row, fire);
      outcomes.set(fire.runId, outcome);
      if (outcome.kind === 'unsettled') return;
      const jitterMs = jitterOf(row, fire.fireMs, row.spec.jitterMs);
      const dueMs = fire.kind === 'time' ? fire.fireMs + jitterMs : fire.decidedMs;
      this.#options.onFired(row, fire, outcome, this.#options.nowMs() - dueMs);
    };
    if (due.every(({ ends }) => ends.length === 0)) await Promise.all(due.map(startOne));
    else for (const fire of due) await startOne(fire);
    return outcomes;
  }

  async #endedOf(row: ScheduleRow | undefined): Promise<ReadonlySet<string>> {
    const running = row?.state.running ?? [];
    return running.length === 0 ? new Set() : this.#ends.add(running.map(({ runId }) => runId));
  }

  #inputOf(row: ScheduleRow, nowMs: number, ended: ReadonlySet<string>): AdvanceInput {
    return { key: row, spec: row.spec, state: row.state, times: new FireTimes(row.spec, row), nowMs, ended };
  }
}

async function startFire(runs: ScheduledRuns, row: ScheduleRow, fire: PendingFire): Promise<StartOutcome> {
  try {
    for (const runId of fire.ends) await runs.end(row, runId, fire.endsBy);
  } catch (error) {
    const message = `a run that overlaps could not be ended: ${error instanceof Error ? error.message : String(error)}`;
    return { kind: 'unsettled', failure: { code: 'SERVICE_UNAVAILABLE', message, place: '', remedy: '' } };
  }
  return runs.start({ key: row, fire, action: row.spec.action });
}

/** Runs that somebody waits for: their end lets a fire or a backfill go on. */
function awaitedBy({ state }: Advanced): readonly string[] {
  const isWaiting = state.buffered.length > 0 || state.backfills.length > 0;
  return isWaiting ? state.running.map(({ runId }) => runId) : [];
}

/** Whether nothing has to be written: a schedule that only waits a little longer stays due in the store meanwhile. */
function isSame(row: ScheduleRow, { state, nextFireMs, checkAtMs }: Advanced, nowMs: number): boolean {
  if (nextFireMs !== row.nextFireMs || JSON.stringify(state) !== JSON.stringify(row.state)) return false;
  if (checkAtMs === row.checkAtMs) return true;
  if (checkAtMs === undefined || row.checkAtMs === undefined) return false;
  return row.checkAtMs < checkAtMs && checkAtMs <= nowMs + LOOK_AGAIN_MS;
}

/**
 * One container, from its start to its removal.
 *
 * Owns knowing that it has ended, and reading what it writes. Does not own when it is to stop.
 *
 * N1. It has ended when an inspection says so; whatever else only says when to look. An Engine that is away says nothing.
 * N2. When `ended` resolves all that it wrote is read, and the container removed, or left to the sweep by an Engine that went away.
 * N3. To stop it is tried until it is done, or until it is abandoned because the executor ends.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Backoff } from '@skein/lifecycle';
import { atMost } from '../../app/at-most.ts';
import type { ResourceLimits } from '../../domain/hosted-settings.ts';
import type { LineLog } from '../hosting/line-log.ts';
import { endIn } from './container-end.ts';
import type { Engine } from './engine.ts';
import { linesOf } from './log-frames.ts';

/** What is known of a container when it was started. */
export interface RunningContainerOptions {
  readonly engine: Engine;
  readonly id: string;
  readonly image: string;
  /** The port in the container, as the Engine names it. */
  readonly exposedPort: string;
  /** At which the Engine publishes it; undefined: it had ended before that was known. */
  readonly hostPort: string | undefined;
  readonly limits: ResourceLimits;
  readonly log: LineLog;
}

/** Longest wait for the last lines of a container that has ended. */
const LAST_LINES_MS = 2000;
const STOP_LOOK_MS = 250;

export class RunningContainer {
  readonly #options: RunningContainerOptions;
  readonly #ended = Promise.withResolvers<string>();
  readonly #abandoned = new AbortController();
  readonly #readEnough = new AbortController();
  readonly #reading: Promise<void>;
  #isEnding = false;
  #isAsked = false;
  #isOver = false;

  constructor(options: RunningContainerOptions) {
    this.#options = options;
    void this.ended.then(() => (this.#isOver = true));
    this.#reading = this.#read();
  }

  get id(): string {
    return this.#options.id;
  }

  /** Why it ended, with its last lines. */
  get ended(): Promise<string> {
    return this.#ended.promise;
  }

  /** Looks whether it has ended. N1. @throws EngineAwayError, EngineError */
  async check(): Promise<void> {
    const { engine, id } = this.#options;
    if (this.#isEnding) return;
    const why = endIn(await engine.inspect(id), this.#options);
    if (why !== undefined) this.#end(why);
  }

  /** N3. */
  async stop(timeoutMs: number): Promise<void> {
    const { engine, id } = this.#options;
    const { signal } = this.#abandoned;
    const deadlineMs = performance.now() + timeoutMs;
    while (!this.#isOver && !signal.aborted) {
      const isLate = performance.now() >= deadlineMs;
      try {
        if (isLate) await engine.kill(id, 'SIGKILL');
        else if (!this.#isAsked) await engine.kill(id, 'SIGTERM');
        this.#isAsked = true;
        await this.check();
      } catch {
        // The Engine is away: it is asked again.
      }
      const leftMs = Math.max(0, deadlineMs - performance.now());
      const waitMs = isLate ? STOP_LOOK_MS : Math.min(STOP_LOOK_MS, leftMs);
      await Promise.race([this.ended, delay(waitMs, undefined, { signal }).catch(() => {})]);
    }
  }

  /** The executor ends: what is left is the next one's to remove. */
  abandon(): void {
    this.#abandoned.abort();
    this.#readEnough.abort();
    this.#ended.resolve('the executor stopped before it had ended');
  }

  #end(why: string): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    void this.#finish(why);
  }

  /** N2. */
  async #finish(why: string): Promise<void> {
    const { engine, id, log } = this.#options;
    await atMost(this.#reading, LAST_LINES_MS);
    this.#readEnough.abort();
    await this.#reading;
    await engine.remove(id).catch(() => {});
    this.#ended.resolve(log.tail === '' ? why : `${why}; its last lines:\n${log.tail}`);
  }

  /** What it writes, until it has ended; never rejects. An Engine that comes back is asked for what came after the last line. */
  async #read(): Promise<void> {
    const { engine, id, log } = this.#options;
    const { signal } = this.#readEnough;
    const backoff = new Backoff({ initialMs: 100, maxMs: 2000 });
    let last = '';
    while (!signal.aborted) {
      try {
        for await (const { stamp, text } of linesOf(await engine.logs(id, sinceOf(last), signal))) {
          if (stamp !== '' && stamp <= last) continue;
          last = stamp === '' ? last : stamp;
          log.line(text, Date.parse(stamp) || Date.now());
          backoff.reset();
        }
        // The end of the stream is mostly that of the container.
        await this.check();
      } catch {
        // The Engine is away, or the container gone: the next look tells.
      }
      if (this.#isEnding) return;
      await delay(backoff.nextMs(), undefined, { signal }).catch(() => {});
    }
  }
}

/** A stamp in seconds, as the Engine wants it. */
function sinceOf(stamp: string): string {
  const [second, fraction = ''] = stamp.split(/[.Z]/);
  return second === undefined || second === '' ? '' : `${Date.parse(`${second}Z`) / 1000}.${fraction.padEnd(9, '0')}`;
}

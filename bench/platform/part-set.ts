/**
 * The processes of a platform, stage after stage.
 *
 * Owns: which of them run. Does not own: what they are (see embedded.ts and distributed.ts).
 *
 * I1. The parts of a stage start side by side, when those of all stages before are ready.
 * I2. A part that was hit is gone, with everything it had started, before the next call returns.
 * I3. Disposal stops what runs in reverse, gracefully.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { readProcessTable, type NamedProcesses } from '../accounting/process-tree.ts';
import { startChild, untilReady, type Child } from './child.ts';
import { killTrees } from './kill-tree.ts';
import { commandOf, type Part, type PartPlace } from './part.ts';

const GONE_POLL_MS = 5;

export class PartSet implements AsyncDisposable {
  readonly #stages: readonly (readonly Part[])[];
  readonly #place: PartPlace;
  readonly #running = new Map<string, Child>();

  constructor(stages: readonly (readonly Part[])[], place: PartPlace) {
    this.#stages = stages;
    this.#place = place;
  }

  /** Starts what does not run and waits until all are ready. */
  async start(): Promise<void> {
    for (const stage of this.#stages) await Promise.all(stage.map((part) => this.#ensure(part)));
  }

  /** Process ids by part. */
  processes(isMeant: (part: Part) => boolean = () => true): NamedProcesses {
    const parts = this.#stages.flat().filter((part) => isMeant(part) && this.#running.has(part.name));
    return Object.fromEntries(parts.map(({ name }) => [name, this.#running.get(name)?.pid ?? 0]));
  }

  /** Ends parts and all that they have started, at once. */
  async crash(isHit: (part: string) => boolean): Promise<void> {
    const hit = this.processes(({ name }) => isHit(name));
    const victims = killTrees(hit);
    await Promise.all(Object.keys(hit).map(async (name) => this.#running.get(name)?.kill()));
    for (const name of Object.keys(hit)) this.#running.delete(name);
    while (victims.some((pid) => readProcessTable().has(pid))) await delay(GONE_POLL_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stage of this.#stages.toReversed()) {
      await Promise.all(stage.map(async ({ name }) => this.#running.get(name)?.[Symbol.asyncDispose]()));
    }
    this.#running.clear();
  }

  async #ensure(part: Part): Promise<void> {
    if (this.#running.get(part.name)?.ended === false) return;
    const child = await startChild(await commandOf(part, this.#place));
    this.#running.set(part.name, child);
    await untilReady(child, part.name, part.isReady);
  }
}

/** Measures what the platform costs while something happens. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  busySeconds,
  cpuSeconds,
  pssMegabytes,
  readProcessTable,
  total,
  type ByPart,
  type NamedProcesses,
} from './process-tree.ts';

/** What it cost. */
export interface Cost {
  /** Processor seconds of each part, what was left to do afterwards included. */
  readonly cpuSeconds: ByPart;
  /** Most memory of each part that was seen; the parts may have had it at different times. */
  readonly peakPssMb: ByPart;
  /** Most memory of all parts at one time. */
  readonly peakPssTotalMb: number;
  /** Processors that others on this machine kept busy meanwhile: neither the platform nor the benchmark. */
  readonly otherCores: number;
  /** From the end of the work until the platform had come to rest, in seconds. */
  readonly settleSeconds: number;
}

const SAMPLE_MS = 1000;
const SETTLE_STEP_MS = 250;
const SETTLE_MAX_MS = 5000;
/** A platform that uses less than this share of a core does no work any more. */
const AT_REST_CORES = 0.1;

/** Samples the memory of the platform every second. */
class MemorySampler implements Disposable {
  readonly peak: Record<string, number> = {};
  peakTotal = 0;
  readonly #platform: NamedProcesses;
  readonly #timer: NodeJS.Timeout;

  constructor(platform: NamedProcesses) {
    this.#platform = platform;
    this.#timer = setInterval(() => this.sample(), SAMPLE_MS);
  }

  sample(): void {
    const now = pssMegabytes(readProcessTable(), this.#platform);
    for (const [name, megabytes] of Object.entries(now)) {
      this.peak[name] = Math.max(this.peak[name] ?? 0, megabytes);
    }
    this.peakTotal = Math.max(this.peakTotal, total(now));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/**
 * Does `work` and says what `platform` spent on it. Work that it put off, such as storing history, is part of the
 * bill: the count ends when the platform has come to rest, or after five seconds. `bench` are the processes of the
 * benchmark itself.
 */
export async function measure<Result>(
  platform: NamedProcesses,
  bench: NamedProcesses,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly cost: Cost }> {
  using memory = new MemorySampler(platform);
  const before = snapshot(platform, bench);
  const result = await work();
  const done = snapshot(platform, bench);
  const elsewhere = done.busy - before.busy - (done.all - before.all);
  memory.sample();
  const settled = await untilAtRest(platform);
  const spent = Object.entries(settled.cpu).map(
    ([name, seconds]) => [name, seconds - (before.cpu[name] ?? 0)] as const,
  );
  const cost: Cost = {
    cpuSeconds: Object.fromEntries(spent),
    peakPssMb: memory.peak,
    peakPssTotalMb: memory.peakTotal,
    otherCores: Math.max(0, elsewhere / ((done.atMs - before.atMs) / 1000)),
    settleSeconds: settled.seconds,
  };
  return { result, cost };
}

function snapshot(platform: NamedProcesses, bench: NamedProcesses) {
  const table = readProcessTable();
  const cpu = cpuSeconds(table, platform);
  // Under one name with the platform, so that nothing the benchmark has started counts twice.
  const all = total(cpuSeconds(table, { ...platform, ...bench }));
  return { cpu, all, busy: busySeconds(), atMs: performance.now() };
}

/** Waits until the platform does no work any more, or so long; says what it has used by then. */
export async function untilAtRest(
  platform: NamedProcesses,
  maxMs = SETTLE_MAX_MS,
): Promise<{ readonly cpu: ByPart; readonly seconds: number }> {
  const startedMs = performance.now();
  let cpu = cpuSeconds(readProcessTable(), platform);
  for (;;) {
    const fromMs = performance.now();
    await delay(SETTLE_STEP_MS);
    const next = cpuSeconds(readProcessTable(), platform);
    const cores = (total(next) - total(cpu)) / ((performance.now() - fromMs) / 1000);
    const seconds = (performance.now() - startedMs) / 1000;
    if (cores < AT_REST_CORES || seconds * 1000 > maxMs) return { cpu: next, seconds };
    cpu = next;
  }
}

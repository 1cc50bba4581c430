/** What a workload is measured on: a platform, the agents and a load generator, each in processes of their own. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NamedProcesses } from '../accounting/process-tree.ts';
import { startAgents, type Agents } from '../agent/agents.ts';
import { startLoadGenerator, type LoadGenerator } from '../load/load-generator.ts';
import { createApi, type Api } from '../platform/api.ts';
import type { BenchPlatform, Mode, PlatformOptions } from '../platform/platform.ts';
import { startPlatform } from '../platform/start.ts';
import { profiled } from '../profile/profiler.ts';
import { measureYardstick, type Yardstick } from '../yardstick/yardstick.ts';

export interface Stage extends AsyncDisposable {
  readonly platform: BenchPlatform;
  readonly agents: Agents;
  readonly load: LoadGenerator;
  readonly api: Api;
  /** Longest warm-up before a workload. */
  readonly warmUpMs: number;
  /** Processes of the benchmark itself. */
  readonly bench: NamedProcesses;
  /** Does `work`, and takes CPU profiles of the platform meanwhile where that was asked for. */
  profiled<Result>(cell: string, work: () => Promise<Result>): Promise<Result>;
  /** Measures what the machine can do just now. */
  yardstick(): Promise<Yardstick>;
}

/** How a stage is set. */
export interface StageOptions extends Omit<PlatformOptions, 'directory' | 'tracesUrl'> {
  readonly mode: Mode;
  readonly warmUpMs: number;
  /** Whether traces are taken, at the share that is the platform's default, and sent. */
  readonly traces: boolean;
  /** Time for each figure of the yardstick. */
  readonly yardstickMs: number;
}

/** Starts everything anew, with an empty database. Nothing of it is left after disposal. */
export async function openStage({ mode, warmUpMs, traces, yardstickMs, ...options }: StageOptions): Promise<Stage> {
  await using started = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'skein-bench-'));
  const leave = (): void => rmSync(directory, { recursive: true, force: true });
  process.once('exit', leave);
  started.defer(async () => {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    process.off('exit', leave);
  });
  const agents = started.use(await startAgents());
  const load = started.use(await startLoadGenerator());
  const tracing = traces ? { tracesUrl: agents.url } : {};
  const platform = started.use(await startPlatform(mode, { directory, ...tracing, ...options }));
  const api = createApi(platform.apiUrl);
  await api.registerAgent('echo', 'HTTP_PROCESS', `${agents.url}/echo`);
  await api.registerAgent('slow', 'HTTP_PROCESS', `${agents.url}/slow`);
  await api.registerAgent('busy', 'HTTP_PROCESS', `${agents.url}/busy`);
  await api.registerAgent('talker', 'HTTP_INVOKE_SSE', `${agents.url}/talker`);
  await api.registerAgent('noop', 'IN_PROCESS', 'inprocess:noop');
  await api.registerAgent('kilobyte', 'IN_PROCESS', 'inprocess:kilobyte');
  const kept = started.move();
  return {
    platform,
    agents,
    load,
    api,
    warmUpMs,
    bench: { bench: process.pid, agents: agents.pid, load: load.pid },
    profiled: (cell, work) =>
      options.profileDir === undefined ? work() : profiled(platform.profiled(), options.profileDir, cell, work),
    yardstick: async () => measureYardstick(await platform.databaseUrl(), agents.url, yardstickMs),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

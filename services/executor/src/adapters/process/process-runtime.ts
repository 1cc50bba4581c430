/**
 * Instances as processes of this machine.
 *
 * Owns the processes. Each leads a process group of its own; nothing of a group outlives its leader, the runtime, or this
 * process (adapters/process/reaper.ts). A process that leaves its group on purpose is not followed.
 *
 * P1. No shell reads the command: a fixed script becomes it.
 * P2. It gets the environment that its template says, and a few variables of the machine: nothing else of the executor's.
 * P3. An instance of a package runs in the folder with its files, which stays for as long as it does.
 */
import { randomUUID } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { PackageFolders } from '../../app/package-folders.ts';
import type { OnLine, Runtime, StartInstance, StartedInstance } from '../../app/runtime.ts';
import { filledIn, instanceEnvironment, secretsOf, type InstancePlace } from '../hosting/instance-environment.ts';
import { LineLog } from '../hosting/line-log.ts';
import { makeLimitGroup, ranOutOfMemory, removeLimitGroup, type LimitGroup } from './limit-group.ts';
import { GUARDED, Reaper } from './reaper.ts';

/** What the runtime needs. */
export interface ProcessRuntimeOptions {
  /** The name or address of this machine at which the other services reach it. */
  readonly host: string;
  /** The environment of this process, from which `INHERITED` is taken. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder with a file for each secret; undefined: there are none. */
  readonly secretsDirectory: string | undefined;
  /** Folder of cgroup v2 for limits; undefined: there is none. */
  readonly cgroupDirectory: string | undefined;
  readonly packages: PackageFolders;
  readonly onLine: OnLine;
}

/** What processes get of the machine's. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];
/** Python writes beside what it runs, which would be other files than the package has. */
const OF_PACKAGES = { PYTHONDONTWRITEBYTECODE: '1' };
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

export function processRuntime(options: ProcessRuntimeOptions): Runtime {
  const reaper = new Reaper();
  const living = new Set<StartedInstance>();
  return {
    async start(instance) {
      const { key, settings, signal } = instance;
      const secrets = await secretsOf(settings, options.secretsDirectory);
      // P3.
      using held = new DisposableStack();
      const folder = settings.package && held.use(await options.packages.hold(key.namespace, settings.package, signal));
      const port = await freePort();
      const name = `${key.assignmentId}-${randomUUID().slice(-12)}`;
      const group = await makeLimitGroup(options.cgroupDirectory, name, settings.limits);
      const started = launch(instance, { port, packageFolder: folder?.path, secrets, group }, options, reaper);
      living.add(started);
      const keptUntilEnd = held.move();
      keptUntilEnd.defer(() => living.delete(started));
      void started.ended.then(() => keptUntilEnd.dispose());
      return started;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(Array.from(living, (started) => started.stop(0)));
      await reaper[Symbol.asyncDispose]();
    },
  };
}

/** What a process is given. */
interface Place extends InstancePlace {
  readonly secrets: Readonly<Record<string, string>>;
  readonly group: LimitGroup;
}

function launch(
  { key, settings }: StartInstance,
  place: Place,
  { host, environment, onLine }: ProcessRuntimeOptions,
  reaper: Reaper,
): StartedInstance {
  if (settings.runtime.case !== 'process') throw new Error(`a ${settings.runtime.case} is no process`);
  const { port, packageFolder, secrets, group } = place;
  const { args, workingDirectory } = settings.runtime.value;
  const command = filledIn(settings.runtime.value.command, place);
  const cwd = filledIn(workingDirectory, place) || packageFolder;
  const env: Record<string, string> = { PATH: DEFAULT_PATH };
  for (const name of INHERITED) {
    const value = environment[name];
    if (value !== undefined) env[name] = value;
  }
  if (packageFolder !== undefined) Object.assign(env, OF_PACKAGES);
  Object.assign(env, instanceEnvironment(key, settings, secrets, place));
  const child = spawn(
    '/bin/sh',
    ['-c', GUARDED, 'sh', group.path, command, ...args.map((arg) => filledIn(arg, place))],
    {
      env,
      // Its own process group, which it leads.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', reaper.pipe],
      ...(cwd === undefined ? {} : { cwd }),
    },
  );
  const { pid } = child;
  if (pid !== undefined) reaper.add(pid);
  const log = new LineLog((line, timeMs) => onLine(key, line, timeMs), Object.values(secrets));
  const ended = endOf(child, log, command, group).finally(() => pid !== undefined && reaper.remove(pid));
  let isAsked = false;
  let isOver = false;
  void ended.then(() => (isOver = true));
  return {
    address: `${host}:${port}`,
    pid: pid ?? 0,
    containerId: '',
    notice: group.notice,
    ended,
    async stop(timeoutMs) {
      // The number of a group that is gone may be somebody else's.
      if (isOver) return;
      if (!isAsked) signalGroup(pid, 'SIGTERM');
      isAsked = true;
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), timeoutMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Why it ended; by then its group is gone and all that it wrote is read. */
async function endOf(child: ChildProcess, log: LineLog, command: string, group: LimitGroup): Promise<string> {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => log.write(text));
  }
  const closed = once(child, 'close').catch(() => {});
  let why: string;
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    why = signal === null ? `${command} ended with exit code ${code}` : `${command} was ended by ${signal}`;
    if (await ranOutOfMemory(group)) why = `${command} ran out of memory`;
    signalGroup(child.pid, 'SIGKILL');
    await closed;
  } catch (error) {
    why = `${command} cannot be started: ${error instanceof Error ? error.message : String(error)}`;
  }
  await removeLimitGroup(group);
  log.end();
  return log.tail === '' ? why : `${why}; its last lines:\n${log.tail}`;
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}

/** A port that is free now. Who takes it first makes the instance fail and start again with another. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/**
 * The life of one process: environment → config → start → wait for a signal → graceful stop → exit code.
 * Owns the signal handlers and the exit code. Does not own logging or configuration: both are handed in.
 *
 * I1. The first SIGTERM or SIGINT stops gracefully, at most `graceMs` long; a second one ends the process at once.
 * I2. A signal during start is honoured: the start is finished or abandoned after `graceMs`, never ignored.
 * I3. The exit code says what happened (see {@link EXIT}).
 */
import { keepHeapSmall } from './heap.ts';
import type { Service } from './service.ts';

/** Exit codes of every Skein process. */
export const EXIT = Object.freeze({
  /** Stopped on request, everything released. */
  stopped: 0,
  /** Could not start: the last log line says why. */
  startFailed: 1,
  /** An error nobody handled ended the process. */
  crashed: 2,
  /** Asked to stop, but parts were still busy when the grace period ended. */
  graceExceeded: 3,
  /** The configuration is wrong; standard error lists every problem (EX_CONFIG of sysexits.h). */
  badConfig: 78,
});

/** The two levels a process's life needs; pino's logger fits. */
export interface MainLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface MainSteps<Config> {
  /** Reads the environment; throws an error whose message tells the user what to mend. */
  config(env: NodeJS.ProcessEnv): Config;
  log(config: Config): MainLog;
  start(config: Config, log: MainLog): Promise<Service>;
  /** Longest graceful stop in milliseconds. */
  graceMs(config: Config): number;
}

/** What runMain needs of the process, so that tests can stand in for it. */
export interface MainProcess {
  readonly env: NodeJS.ProcessEnv;
  readonly stderr: { write(text: string): unknown };
  on(event: 'SIGTERM' | 'SIGINT', listener: (signal: NodeJS.Signals) => void): unknown;
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  exit(code: number): unknown;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Runs a service process to its end. Every `services/<name>/src/main.ts` is one call of this. */
export async function runMain<Config>(
  name: string,
  steps: MainSteps<Config>,
  host: MainProcess = process,
): Promise<void> {
  let config: Config;
  try {
    config = steps.config(host.env);
  } catch (error) {
    host.stderr.write(`${name}: ${messageOf(error)}\n`);
    host.exit(EXIT.badConfig);
    return;
  }
  const log = steps.log(config);
  // A service that waits on nothing of its own would otherwise end with the event loop.
  const keepAlive = setInterval(() => {}, LONGEST_TIMER_MS);
  const exit = (code: number): void => {
    clearInterval(keepAlive);
    host.exit(code);
  };
  const signal = watchSignals(host, exit, name, log);
  const startedAtMs = performance.now();
  const starting = steps.start(config, log);
  try {
    const service = await Promise.race([starting, signal.first.then(() => undefined)]);
    if (service) {
      keepHeapSmall();
      log.info({ pid: process.pid, start_ms: Math.round(performance.now() - startedAtMs) }, `${name} started`);
      await signal.first;
    }
  } catch (error) {
    log.error({ err: error }, `${name} could not start: ${messageOf(error)}`);
    exit(EXIT.startFailed);
    return;
  }
  exit(await stopWithin(steps.graceMs(config), name, starting, log));
}

interface SignalWatch {
  readonly first: Promise<NodeJS.Signals>;
}

function watchSignals(host: MainProcess, exit: (code: number) => void, name: string, log: MainLog): SignalWatch {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let received = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    received += 1;
    if (received > 1) {
      exit(128 + (signal === 'SIGINT' ? 2 : 15));
      return;
    }
    log.info({ signal }, `${name} is stopping; the same signal again ends it at once`);
    resolve(signal);
  };
  host.on('SIGTERM', onSignal);
  host.on('SIGINT', onSignal);
  const onCrash = (error: unknown): void => {
    log.error({ err: error }, `${name} crashed: ${messageOf(error)}`);
    exit(EXIT.crashed);
  };
  host.on('uncaughtException', onCrash);
  host.on('unhandledRejection', onCrash);
  return { first: promise };
}

async function stopWithin(graceMs: number, name: string, starting: Promise<Service>, log: MainLog): Promise<number> {
  const { promise: expired, resolve: expire } = Promise.withResolvers<'expired'>();
  const timer = setTimeout(expire, graceMs, 'expired');
  const stopping = starting.then((service) => service[Symbol.asyncDispose]()).then(() => 'stopped' as const);
  try {
    const outcome = await Promise.race([stopping, expired]);
    if (outcome === 'expired') {
      log.error({ grace_ms: graceMs }, `${name} did not stop within ${graceMs} ms`);
      return EXIT.graceExceeded;
    }
    log.info({}, `${name} stopped`);
    return EXIT.stopped;
  } catch (error) {
    log.error({ err: error }, `${name} did not stop cleanly: ${messageOf(error)}`);
    return EXIT.crashed;
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

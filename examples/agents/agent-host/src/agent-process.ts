/**
 * The life of an agent's process: listen, say where, stop when told.
 *
 * Owns the READY line and the signals, and what PORT and HOST mean.
 */
import { inspect } from 'node:util';

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An agent that listens. */
export interface RunningAgent {
  /** `host:port`. */
  readonly address: string;
  /** Refuses new work, lets running work end for a moment, then cuts it. */
  close(): Promise<void>;
}

/** Where an agent listens. */
export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/**
 * Runs an agent as this process: listens on HOST (default 127.0.0.1) and PORT (default 0, a free one), prints
 * `READY host:port`, and ends with code 0 on SIGINT or SIGTERM. Whatever keeps it from starting ends it with code 1.
 */
export async function runAgentProcess(
  env: Environment,
  start: (listen: ListenOptions) => Promise<RunningAgent>,
): Promise<void> {
  try {
    const agent = await start({ host: env['HOST'] || '127.0.0.1', port: integerOf(env, 'PORT', 0, 65_535) });
    const stop = () => void agent.close().then(() => process.exit(0));
    process.once('SIGINT', stop).once('SIGTERM', stop);
    // Last: who reads this line may use the agent, or end it, at once.
    process.stdout.write(`READY ${agent.address}\n`);
  } catch (error) {
    logLine('cannot start', error);
    process.exitCode = 1;
  }
}

/** An integer of 0 to `maximum` from the environment; `fallback` where the variable is missing or empty. */
export function integerOf(env: Environment, name: string, fallback: number, maximum: number): number {
  const text = env[name] ?? '';
  if (text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= maximum) return value;
  throw new Error(`${name} must be an integer from 0 to ${maximum}, not "${text}"`);
}

/** One line on stderr, where an agent's log belongs. */
export function logLine(what: string, error?: unknown): void {
  process.stderr.write(error === undefined ? `${what}\n` : `${what}: ${inspect(error)}\n`);
}

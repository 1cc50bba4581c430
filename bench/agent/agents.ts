import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AgentCall } from './call-journal.ts';

/** The process with the agents. */
export interface Agents extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
  /** Forgets the calls of the agents whose calls are remembered. */
  reset(): Promise<void>;
  /** Resolves when there were so many of them. @throws Error that says how many there were, after `limitMs` */
  called(times: number, limitMs: number): Promise<void>;
  /** All of them, in order. */
  calls(): Promise<readonly AgentCall[]>;
}

/** For what is answered at once. */
const CONTROL_LIMIT_MS = 30_000;

/** Starts the process and waits until it listens. */
export async function startAgents(): Promise<Agents> {
  const child = fork(join(import.meta.dirname, 'main.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const listening = (once(child, 'message') as Promise<[number]>).then(([port]) => port);
  const port = await Promise.race([listening, ended.then(() => undefined)]);
  if (port === undefined) throw new Error('the agents did not start');
  const url = `http://127.0.0.1:${port}`;
  const control = async <Answer>(path: string, limitMs = CONTROL_LIMIT_MS): Promise<Answer> => {
    const response = await fetch(`${url}/control/${path}`, { signal: AbortSignal.timeout(limitMs) });
    return (await response.json()) as Answer;
  };
  const calls = () => control<readonly AgentCall[]>('calls');
  return {
    pid: child.pid ?? 0,
    url,
    reset: () => control('reset'),
    async called(times, limitMs) {
      try {
        await control(`called?times=${times}`, limitMs);
      } catch (cause) {
        const { length } = await calls();
        throw new Error(`the agents were called ${length} times of ${times} within ${limitMs} ms`, { cause });
      }
    },
    calls,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

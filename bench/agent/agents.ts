import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The process with the agents. */
export interface Agents extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
}

/** Starts the process and waits until it listens. */
export async function startAgents(): Promise<Agents> {
  const child = fork(join(import.meta.dirname, 'main.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const listening = (once(child, 'message') as Promise<[number]>).then(([port]) => port);
  const port = await Promise.race([listening, ended.then(() => undefined)]);
  if (port === undefined) throw new Error('the agents did not start');
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

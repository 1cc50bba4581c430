import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { JobAnswer, Jobs } from './job.ts';

/** The load generator's process. */
export interface LoadGenerator extends AsyncDisposable {
  readonly pid: number;
  /** Does a job; one at a time. */
  perform<Kind extends keyof Jobs>(job: Jobs[Kind]['job'] & { readonly kind: Kind }): Promise<Jobs[Kind]['result']>;
}

/** Starts the process. */
export async function startLoadGenerator(): Promise<LoadGenerator> {
  const child = fork(join(import.meta.dirname, 'main.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(child, 'spawn');
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    async perform(job) {
      const answered = once(child, 'message') as Promise<[JobAnswer]>;
      child.send(job);
      const answer = await Promise.race([answered, ended.then(() => undefined)]);
      if (answer === undefined) throw new Error('the load generator has ended');
      if ('failure' in answer[0]) throw new Error(`the load generator failed: ${answer[0].failure}`);
      return answer[0].result;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

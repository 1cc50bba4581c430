import { spawn } from 'node:child_process';
import { endProcesses } from './end-silent.ts';

/** How a program ended and everything it wrote, both streams in the order of arrival. */
export interface CommandResult {
  readonly ok: boolean;
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Told of output as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Longest time without output; then the program and all that it has started are ended. Default: there is none. */
  readonly silenceMs?: number;
}

/** Runs a program to its end. One that cannot be started is a result too, with the reason as its output. */
export async function runCommand(
  command: readonly [string, ...string[]],
  { cwd, env = process.env, onOutput, silenceMs }: CommandOptions,
): Promise<CommandResult> {
  const [file, ...args] = command;
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const take = (text: string): void => {
    output += text;
    onOutput?.(text);
  };
  const silence = silenceMs === undefined ? undefined : setTimeout(endIt, silenceMs, silenceMs);
  function endIt(afterMs: number): void {
    if (child.pid === undefined) return;
    take(`\nnothing was written for ${afterMs / 1000} s; these are ended:\n${endProcesses(child.pid)}`);
  }
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      silence?.refresh();
      take(text);
    });
  }
  child.on('close', () => clearTimeout(silence));
  child.on('error', (error) => resolve({ ok: false, output: `${output}${error.message}\n` }));
  child.on('close', (code, signal) => {
    const ending = signal ? `${file} was ended by ${signal}\n` : '';
    resolve({ ok: code === 0, output: output + ending });
  });
  return promise;
}

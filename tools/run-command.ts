import { spawn } from 'node:child_process';

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
}

/** Runs a program to its end. One that cannot be started is a result too, with the reason as its output. */
export async function runCommand(
  command: readonly [string, ...string[]],
  { cwd, env = process.env, onOutput }: CommandOptions,
): Promise<CommandResult> {
  const [file, ...args] = command;
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      onOutput?.(text);
    });
  }
  child.on('error', (error) => resolve({ ok: false, output: `${output}${error.message}\n` }));
  child.on('close', (code, signal) => {
    const ending = signal ? `${file} was ended by ${signal}\n` : '';
    resolve({ ok: code === 0, output: output + ending });
  });
  return promise;
}

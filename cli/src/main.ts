/** The process of the command line: arguments and environment in, text and an exit code out. */
import { text } from 'node:stream/consumers';
import { resolve } from 'node:path';
import { runCli } from './run-cli.ts';

const interrupted = new AbortController();
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 143],
] as const) {
  // The first asks for an orderly end; whoever asks again does not want to wait for it.
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(code);
    interrupted.abort(signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
  });
}

// A reader that has seen enough (`skein runs list | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  readStdin: () => text(process.stdin),
  interrupted: interrupted.signal,
  root: resolve(import.meta.dirname, '../..'),
  node: process.execPath,
});
process.stdout.write('', () => process.exit(exitCode));

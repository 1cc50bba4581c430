/**
 * Prints the path of a nats-server: the machine's own, else one unpacked from the distribution's package into
 * `.toolchain/nats`, which needs neither root nor an installation. Progress goes to standard error.
 *
 * I1. The unpacked server appears whole or not at all, whoever else is fetching it at the same time.
 */
import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TOOLCHAIN = resolve(import.meta.dirname, '../../.toolchain');
const FETCHED = join(TOOLCHAIN, 'nats');
const BINARY = 'usr/sbin/nats-server';

/** Finds or fetches a nats-server. Rejects with an error that says what to install. */
export async function ensureNatsServer(): Promise<string> {
  const usual = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/bin', '/usr/sbin', '/usr/local/sbin'];
  const places = [...usual.filter(Boolean).map((directory) => join(directory, 'nats-server')), join(FETCHED, BINARY)];
  for (const place of places) if (await isExecutable(place)) return place;
  process.stderr.write('nats-server is not installed: fetching the distribution package\n');
  await mkdir(TOOLCHAIN, { recursive: true });
  const work = await mkdtemp(join(TOOLCHAIN, 'nats-'));
  try {
    const unpacked = join(work, 'unpacked');
    await run('dpkg', ['-x', await downloadPackage(work), unpacked]);
    await publish(unpacked);
    return join(FETCHED, BINARY);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new Error(
      `could not fetch nats-server (${why}); install it, for example with "apt-get install nats-server" or from ` +
        'https://github.com/nats-io/nats-server/releases, so that "nats-server" is on the PATH',
      { cause },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Downloads with the machine's package lists, else with lists of our own, and returns the file. */
async function downloadPackage(work: string): Promise<string> {
  // apt drops to a user who may not write here; the download is checked by its signature either way.
  const asUs = ['-o', 'APT::Sandbox::User=root'];
  try {
    await run('apt-get', [...asUs, 'download', 'nats-server'], { cwd: work });
  } catch {
    const state = join(work, 'apt');
    await mkdir(join(state, 'lists', 'partial'), { recursive: true });
    await mkdir(join(state, 'cache', 'archives', 'partial'), { recursive: true });
    const directories = {
      'Dir::State': state,
      'Dir::State::lists': join(state, 'lists'),
      'Dir::State::status': '/var/lib/dpkg/status',
      'Dir::Cache': join(state, 'cache'),
    };
    const own = [...asUs, ...Object.entries(directories).flatMap(([name, path]) => ['-o', `${name}=${path}`])];
    await run('apt-get', [...own, '-qq', 'update'], { cwd: work });
    await run('apt-get', [...own, 'download', 'nats-server'], { cwd: work });
  }
  const file = (await readdir(work)).find((name) => name.endsWith('.deb'));
  if (!file) throw new Error('apt-get downloaded nothing');
  return join(work, file);
}

async function publish(unpacked: string): Promise<void> {
  try {
    await rename(unpacked, FETCHED);
  } catch (error) {
    // Somebody else was faster (I1).
    if (!(await isExecutable(join(FETCHED, BINARY)))) throw error;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

if (import.meta.main) {
  try {
    process.stdout.write(`${await ensureNatsServer()}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

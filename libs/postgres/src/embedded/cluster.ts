/** The files of one embedded Postgres: made once, atomically, then only opened. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PostgresError } from '../postgres-error.ts';
import { commandAs, findAccount } from './account.ts';
import type { Account } from './account.ts';
import { findBinaries, linkLibraries } from './binaries.ts';

export const SUPERUSER = 'skein';

/** Everything needed to run the server of one data directory. */
export interface Cluster {
  /** Postgres' own directory, inside the data directory. */
  readonly path: string;
  readonly password: string;
  readonly postgres: string;
  readonly account: Account | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly logPath: string;
}

const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;

/** Opens the cluster below `dataDir`, making it first when there is none. Throws `PostgresError`. */
export async function openCluster(dataDir: string): Promise<Cluster> {
  const [binaries, account] = await Promise.all([findBinaries(), findAccount()]);
  const libraries = await linkLibraries(binaries, join(dataDir, 'lib'));
  // The server gets no more of our environment than it needs: it may hold secrets.
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...libraries };
  const path = join(dataDir, 'cluster');
  const version = await readFile(join(path, 'PG_VERSION'), 'utf8').catch(missing);
  const passwordPath = join(dataDir, 'password');
  const common = { path, postgres: binaries.postgres, account, env, logPath: join(dataDir, 'server.log') };
  if (version === undefined) {
    const password = await initialise({ ...common, initdb: binaries.initdb, passwordPath });
    return { ...common, password };
  }
  await checkVersion(path, version.trim());
  return { ...common, password: (await readFile(passwordPath, 'utf8')).trim() };
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw new PostgresError(
    'EMBEDDED_DATA_INACCESSIBLE',
    `cannot read the embedded database: ${error.message}`,
    'start as the user who made it, or choose another data directory',
    error,
  );
}

const EXPECTED_MAJOR = '18';

function checkVersion(path: string, version: string): Promise<void> {
  if (version === EXPECTED_MAJOR) return Promise.resolve();
  throw new PostgresError(
    'EMBEDDED_DATA_VERSION',
    `${path} was made by Postgres ${version}, this version of Skein brings Postgres ${EXPECTED_MAJOR}`,
    'dump it with the version that made it and restore it into a new data directory',
  );
}

interface Initialise extends Omit<Cluster, 'password'> {
  readonly initdb: string;
  readonly passwordPath: string;
}

/** Makes the cluster beside its final place and moves it there when it is whole, so that a crash leaves no half one. */
async function initialise({ path, initdb, account, env, passwordPath }: Initialise): Promise<string> {
  const making = `${path}.new`;
  const password = randomBytes(18).toString('base64url');
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { mode: PRIVATE_DIRECTORY });
  await writeFile(passwordPath, `${password}\n`, { mode: PRIVATE_FILE });
  if (account) {
    await chown(making, account.uid, account.gid);
    await chown(passwordPath, account.uid, account.gid);
  }
  const args = [
    `--pgdata=${making}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordPath}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ];
  const command = await commandAs(account, initdb, args, [making]);
  try {
    await promisify(execFile)(command.file, [...command.args], { ...command.ids, env, cwd: '/' });
  } catch (cause) {
    const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    throw new PostgresError(
      'EMBEDDED_INIT_FAILED',
      `initdb failed: ${output}`,
      'mend the cause it names and start again',
      cause,
    );
  }
  await rename(making, path);
  return password;
}

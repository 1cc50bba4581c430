/**
 * Postgres refuses to run as root. When we are root its processes run as the user `postgres` if there is one, else as
 * `nobody`; no user is made on the machine.
 */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { PostgresError } from '../postgres-error.ts';

const run = promisify(execFile);

/** Whom Postgres runs as; undefined means as ourselves. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** A program with its arguments and the ids to drop to before it runs. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly ids: { readonly uid?: number; readonly gid?: number };
}

/** The account to use, or undefined when we are not root. */
export async function findAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, name]))).catch(() => undefined);
    const [uid, gid] = ids?.map(({ stdout }) => Number(stdout)) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new PostgresError(
    'EMBEDDED_UNSUPPORTED',
    'the embedded Postgres cannot run as root, and there is no user "postgres" or "nobody" to run it as',
    'run as an ordinary user, or set DATABASE_URL to a Postgres of your own',
  );
}

/**
 * How to run `file` as `account`. Where the account may not walk down to one of `paths` (a checkout below /root, say),
 * it is given the one capability to pass through directories, rather than opening somebody's home to everyone.
 */
export async function commandAs(
  account: Account | undefined,
  file: string,
  args: readonly string[],
  paths: readonly string[],
): Promise<Command> {
  if (!account) return { file, args, ids: {} };
  const reachable = await Promise.all([file, ...paths].map((path) => canReach(account, path)));
  if (reachable.every(Boolean)) return { file, args, ids: account };
  const { uid, gid } = account;
  const capability = '+dac_override';
  const drop = [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    `--inh-caps=${capability}`,
    `--ambient-caps=${capability}`,
  ];
  return { file: 'setpriv', args: [...drop, '--', file, ...args], ids: {} };
}

async function canReach(account: Account, path: string): Promise<boolean> {
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    const { uid, gid, mode } = await stat(directory);
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return false;
    if (directory === dirname(directory)) return true;
  }
}

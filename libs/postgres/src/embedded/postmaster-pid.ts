import { execFile } from 'node:child_process';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a running server writes about itself into its data directory. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  /** It accepts connections. */
  readonly ready: boolean;
}

/** Reads `postmaster.pid`; undefined when there is none or when it is half-written. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number.isInteger(port) ? port : 0, ready: lines[7] === 'ready' };
}

/**
 * Whether `pid` is the living server of `cluster`. Not so: a process that has ended, one that has ended but whose parent
 * has not collected it (a zombie still answers signals), or another program that got the number later.
 */
export async function isLivingPostgres(pid: number, cluster: string): Promise<boolean> {
  return process.platform === 'linux' ? livesByProc(pid, cluster) : livesByPs(pid);
}

async function livesByProc(pid: number, cluster: string): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const state = /^\d+ \(.*\) (\S)/s.exec(text)?.[1];
  if (state === undefined || state === 'Z') return false;
  // A server works inside its data directory.
  const [workingDirectory, clusterPath] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => undefined),
    realpath(cluster),
  ]);
  return workingDirectory === clusterPath;
}

async function livesByPs(pid: number): Promise<boolean> {
  const answer = await promisify(execFile)('ps', ['-o', 'stat=,comm=', '-p', String(pid)]).catch(() => undefined);
  return /^[^Z\s]\S*\s+.*postgres/.test(answer?.stdout.trim() ?? '');
}

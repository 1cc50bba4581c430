/** Which process a pid means: pids are used again, so a start time goes with each that we keep. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Whether a process with this pid runs; one that has ended and is not collected yet does not. */
export async function isRunning(pid: number): Promise<boolean> {
  return pid > 0 && (await startMark(pid)) !== undefined;
}

/** When the process started, in whatever form the system tells it; undefined where it has ended, a zombie included. */
export async function startMark(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return startMarkByPs(pid);
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the program's name in parentheses and may hold anything.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[STARTTIME_AFTER_NAME];
}

/** `starttime` is the 22nd field of /proc/PID/stat; two come before those counted here. */
const STARTTIME_AFTER_NAME = 19;

async function startMarkByPs(pid: number): Promise<string | undefined> {
  const answer = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).catch(() => undefined);
  const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/.exec(answer?.stdout ?? '') ?? [];
  return state?.startsWith('Z') ? undefined : started;
}

/** Whether the pid still means the process that had `mark` when it was noted. */
export async function isSameProcess(pid: number, mark: string): Promise<boolean> {
  return (await startMark(pid)) === mark;
}

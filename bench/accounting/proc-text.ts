/** Reads the texts of /proc. */

/** Ticks a second in which the kernel tells times to programs; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** What `/proc/PID/stat` says. */
export interface ProcessStat {
  readonly parentPid: number;
  /** Processor time of the process itself and of its children that have ended and were waited for. */
  readonly cpuSeconds: number;
}

/** Parses `/proc/PID/stat`. The program's name stands in brackets and may hold anything, brackets and spaces too. */
export function parseStat(text: string): ProcessStat {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  // After the name: state, ppid, …, and as 12th to 15th utime, stime, cutime, cstime.
  const parentPid = fields[1] ?? 0;
  const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
  return { parentPid, cpuSeconds: ticks / TICKS_PER_SECOND };
}

/** Kilobytes of `/proc/PID/smaps_rollup`: private memory, and of what is shared this process's part. */
export function parsePssKb(text: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
}

/** Seconds that all processors together were busy since the machine started, from `/proc/stat`. */
export function parseBusySeconds(text: string): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (text.split('\n', 1)[0] ?? '')
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}

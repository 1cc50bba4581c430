/** What processes cost, read from /proc: named ones, each with all that it has started. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseBusySeconds, parsePssKb, parseStat, type ProcessStat } from './proc-text.ts';

/** Process ids by the name of the part of the platform. */
export type NamedProcesses = Readonly<Record<string, number>>;

/** A figure for each part. */
export type ByPart = Readonly<Record<string, number>>;

/** Every process of the machine, by id. */
export type ProcessTable = ReadonlyMap<number, ProcessStat>;

/** The processes that run now. */
export function readProcessTable(): ProcessTable {
  const table = new Map<number, ProcessStat>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const text = readProc(`${entry}/stat`);
    if (text !== undefined) table.set(Number(entry), parseStat(text));
  }
  return table;
}

/** Who belongs to which part: a process belongs to the nearest named one among itself and those it descends from. */
export function membersOf(table: ProcessTable, parts: NamedProcesses): Readonly<Record<string, readonly number[]>> {
  const nameOf = new Map(Object.entries(parts).map(([name, pid]) => [pid, name]));
  const members: Record<string, number[]> = Object.fromEntries(Object.keys(parts).map((name) => [name, []]));
  for (const pid of table.keys()) {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = table.get(at)?.parentPid) {
      const name = nameOf.get(at);
      if (name === undefined) continue;
      members[name]?.push(pid);
      break;
    }
  }
  return members;
}

/**
 * Processor seconds of each part until now. They never fall: what a process used that has ended is in the figure of its
 * parent, once that has waited for it.
 */
export function cpuSeconds(table: ProcessTable, parts: NamedProcesses): ByPart {
  return sumMembers(table, parts, (pid) => table.get(pid)?.cpuSeconds ?? 0);
}

/** Megabytes of each part now; memory that processes share counts once. */
export function pssMegabytes(table: ProcessTable, parts: NamedProcesses): ByPart {
  return sumMembers(table, parts, (pid) => parsePssKb(readProc(`${pid}/smaps_rollup`) ?? '') / 1024);
}

/** Seconds that the processors of the machine were busy since it started, whoever used them. */
export function busySeconds(): number {
  return parseBusySeconds(readFileSync('/proc/stat', 'latin1'));
}

/** All parts together. */
export function total(figures: ByPart): number {
  return Object.values(figures).reduce((sum, each) => sum + each, 0);
}

function sumMembers(table: ProcessTable, parts: NamedProcesses, figureOf: (pid: number) => number): ByPart {
  const figures = Object.entries(membersOf(table, parts)).map(([name, pids]) => {
    return [name, pids.reduce((sum, pid) => sum + figureOf(pid), 0)] as const;
  });
  return Object.fromEntries(figures);
}

/** Undefined where the process has just ended. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    return undefined;
  }
}

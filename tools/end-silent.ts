/** Ends programs that have stopped saying anything, and tells which they were: a test that hangs must not hang its run. */
import { readFileSync } from 'node:fs';
import { membersOf, readProcessTable } from '../bench/accounting/process-tree.ts';

/** Ends a program and all that it has started. Answers what they were, a line each, the program itself first. */
export function endProcesses(pid: number): string {
  const { tree = [] } = membersOf(readProcessTable(), { tree: pid });
  const lines = [pid, ...tree.filter((it) => it !== pid)].map((it) => `  ${it} ${commandLineOf(it)}\n`);
  for (const it of [pid, ...tree]) {
    try {
      process.kill(it, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  return lines.join('');
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll(/\s|\0/g, ' ').trim();
  } catch {
    return '(has ended)';
  }
}

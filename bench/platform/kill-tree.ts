import { membersOf, readProcessTable, type NamedProcesses } from '../accounting/process-tree.ts';

/** Sends SIGKILL to processes and to all that they have started; answers with everybody who was hit. */
export function killTrees(processes: NamedProcesses): number[] {
  const victims = Object.values(membersOf(readProcessTable(), processes)).flat();
  for (const pid of victims) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended with the one that it belongs to.
    }
  }
  return victims;
}

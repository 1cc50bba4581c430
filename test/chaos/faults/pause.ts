import type { FaultKind } from './fault.ts';
import { drawParts, membersOf, VICTIMS, type Victim } from './parts.ts';

/** Processes that are frozen (SIGSTOP) and go on (SIGCONT) as if nothing had been. */
export const PAUSES: readonly FaultKind[] = [
  ...VICTIMS.map((victim) => pause(`pause-${victim}`, victim, 1)),
  pause('pause-two-schedulers', 'scheduler', 2),
  pause('pause-two-executors', 'executor', 2),
];

function pause(name: string, victim: Victim, count: number): FaultKind {
  return {
    name,
    draw(random, size) {
      const names = drawParts(random, size, victim, count);
      const lastsMs = random.integer(2000, 12_000);
      return {
        kind: name,
        text: `SIGSTOP of ${names.join(' and ')} for ${lastsMs} ms`,
        lastsMs,
        silences: names,
        holds: true,
        inflict(set) {
          for (const member of membersOf(set, names)) member.pause();
          return Promise.resolve();
        },
        async heal(set) {
          const members = membersOf(set, names);
          for (const member of members) member.resume();
          await Promise.all(members.map((member) => member.ready()));
        },
      };
    },
  };
}

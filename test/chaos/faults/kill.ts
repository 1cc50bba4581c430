import type { FaultKind } from './fault.ts';
import { drawParts, membersOf, VICTIMS, type Victim } from './parts.ts';

/** Processes that are killed, and started again after a while. */
export const KILLS: readonly FaultKind[] = [
  ...VICTIMS.map((victim) => kill(`kill-${victim}`, victim, 1)),
  kill('kill-two-schedulers', 'scheduler', 2),
  kill('kill-two-executors', 'executor', 2),
];

/** Processes that are asked to stop, and started again when they have. */
export const STOPS: readonly FaultKind[] = (['scheduler', 'executor', 'event-log', 'gateway'] as const).map(stop);

function kill(name: string, victim: Victim, count: number): FaultKind {
  return {
    name,
    draw(random, size) {
      const names = drawParts(random, size, victim, count);
      const lastsMs = random.integer(0, 4000);
      return {
        kind: name,
        text: `kill -9 of ${names.join(' and ')}, started again after ${lastsMs} ms`,
        lastsMs,
        silences: names,
        holds: false,
        async inflict(set) {
          await Promise.all(membersOf(set, names).map((member) => member.kill()));
        },
        async heal(set) {
          const members = membersOf(set, names);
          await Promise.all(members.map((member) => member.start()));
          await Promise.all(members.map((member) => member.ready()));
        },
      };
    },
  };
}

function stop(victim: Victim): FaultKind {
  const name = `stop-${victim}`;
  return {
    name,
    draw(random, size) {
      const names = drawParts(random, size, victim, 1);
      return {
        kind: name,
        text: `SIGTERM to ${names.join(' and ')}, started again when it has ended`,
        lastsMs: 0,
        silences: names,
        holds: false,
        async inflict(set) {
          await Promise.all(membersOf(set, names).map((member) => member.stop()));
        },
        async heal(set) {
          const members = membersOf(set, names);
          await Promise.all(members.map((member) => member.start()));
          await Promise.all(members.map((member) => member.ready()));
        },
      };
    },
  };
}

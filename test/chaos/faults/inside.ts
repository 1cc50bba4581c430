import type { InsideOrder } from '../set/inside.ts';
import type { FaultKind } from './fault.ts';
import { drawParts, membersOf } from './parts.ts';

const WELL: InsideOrder = { clockOffsetMs: 0, starveMs: 0, sliceMs: 0 };
const HOUR_MS = 3_600_000;
const STARVE_MS = 10_000;

/** The wall clock of one scheduler jumps by an hour, and back. */
export const jumpClock: FaultKind = {
  name: 'jump-clock',
  draw(random, size) {
    const names = drawParts(random, size, 'scheduler', 1);
    const clockOffsetMs = random.pick([HOUR_MS, -HOUR_MS]);
    const lastsMs = random.integer(4000, 10_000);
    const order = { ...WELL, clockOffsetMs };
    return {
      kind: 'jump-clock',
      text: `the clock of ${names.join()} jumps ${clockOffsetMs > 0 ? 'forward' : 'back'} by an hour, and back after ${lastsMs} ms`,
      lastsMs,
      silences: [],
      holds: false,
      inflict: (set) => Promise.resolve(membersOf(set, names).forEach((member) => member.suffer(order))),
      heal: (set) => Promise.resolve(membersOf(set, names).forEach((member) => member.suffer(WELL))),
    };
  },
};

/** One scheduler gets next to no time: unlike a frozen one, it goes on, late, and believes what it saw long ago. */
export const starve: FaultKind = {
  name: 'starve-scheduler',
  draw(random, size) {
    const names = drawParts(random, size, 'scheduler', 1);
    const sliceMs = random.pick([200, 1000, 3000]);
    const order = { ...WELL, starveMs: STARVE_MS, sliceMs };
    return {
      kind: 'starve-scheduler',
      text: `${names.join()} is starved for ${STARVE_MS} ms: one turn every ${sliceMs} ms`,
      lastsMs: STARVE_MS,
      silences: names,
      holds: true,
      inflict: (set) => Promise.resolve(membersOf(set, names).forEach((member) => member.suffer(order))),
      async heal(set) {
        await Promise.all(membersOf(set, names).map((member) => member.ready()));
      },
    };
  },
};

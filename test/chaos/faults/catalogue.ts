import { BUS_FAULTS } from './bus.ts';
import { CUTS } from './cut.ts';
import type { FaultKind } from './fault.ts';
import { jumpClock, starve } from './inside.ts';
import { KILLS, STOPS } from './kill.ts';
import { PAUSES } from './pause.ts';
import { fillDisk, killPostgres, pausePostgres } from './postgres.ts';

/** Every kind of fault there is. */
export const FAULTS: readonly FaultKind[] = [
  ...KILLS,
  ...STOPS,
  ...PAUSES,
  killPostgres,
  pausePostgres,
  fillDisk,
  ...BUS_FAULTS,
  ...CUTS,
  jumpClock,
  starve,
];

/** The kinds whose name is one of `wanted` or begins with it; all for none. Throws for a word that fits none. */
export function faultKinds(wanted: readonly string[]): readonly FaultKind[] {
  const fits = (name: string, word: string): boolean => name === word || name.startsWith(`${word}-`);
  const stranger = wanted.find((word) => !FAULTS.some(({ name }) => fits(name, word)));
  if (stranger !== undefined) {
    throw new Error(`there is no fault ${stranger}; there are: ${FAULTS.map(({ name }) => name).join(' ')}`);
  }
  return wanted.length === 0 ? FAULTS : FAULTS.filter(({ name }) => wanted.some((word) => fits(name, word)));
}

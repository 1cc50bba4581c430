import type { SeededRandom } from '@skein/testkit';
import type { ChaosSet } from '../set/chaos-set.ts';
import { partsOf, type Service, type SetSize } from '../set/layout.ts';
import type { Member } from '../set/member.ts';

/** Who can be hurt as a process: a service of the platform, or the agents. */
export type Victim = Service | 'agents';

export const VICTIMS: readonly Victim[] = [
  'scheduler',
  'executor',
  'registry',
  'event-log',
  'llm-proxy',
  'gateway',
  'agents',
];

/** So many different parts of a service, or as many as there are. */
export function drawParts(random: SeededRandom, size: SetSize, victim: Victim, count: number): readonly string[] {
  if (victim === 'agents') return ['agents'];
  const names = partsOf(size).flatMap(({ name, service }) => (service === victim ? [name] : []));
  return random.shuffle(names).slice(0, count).toSorted();
}

/** The processes of parts. */
export function membersOf(set: ChaosSet, names: readonly string[]): Member[] {
  return names.map((name) => {
    const member = name === 'agents' ? set.agents.member : set.members.get(name);
    if (member === undefined) throw new Error(`the set has no ${name}`);
    return member;
  });
}

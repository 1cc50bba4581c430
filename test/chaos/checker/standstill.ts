import type { RoundHistory } from './history.ts';
import { intersection, union, type Interval } from './interval.ts';

/**
 * Times in which nothing could move, however well the platform behaves: no scheduler, no executor, no Postgres, no
 * agents, or a machine that gave the harness itself no turn.
 */
export function standstills({
  size,
  silences,
  stalls,
}: Pick<RoundHistory, 'size' | 'silences' | 'stalls'>): Interval[] {
  const ofPart = (who: string): Interval[] => silences.filter((silence) => silence.who === who);
  const ofAll = (service: string, count: number): Interval[] =>
    Array.from({ length: count }, (_, index) => ofPart(`${service}-${index + 1}`)).reduce(intersection);
  return union([
    ...ofAll('scheduler', size.schedulers),
    ...ofAll('executor', size.executors),
    ...ofPart('postgres'),
    ...ofPart('agents'),
    ...stalls,
  ]);
}

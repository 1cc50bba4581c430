import type { Cost } from '../accounting/measure.ts';
import { rounded } from '../load/statistics.ts';
import type { Figures } from './cell.ts';

/** What something cost, as figures of a cell. */
export function costFigures(
  cost: Cost,
): Required<Pick<Figures, 'peak_pss_mb' | 'cpu_s' | 'pss_mb' | 'other_cores' | 'settle_s'>> {
  return {
    peak_pss_mb: rounded(cost.peakPssTotalMb, 0),
    cpu_s: roundedParts(cost.cpuSeconds, 2),
    pss_mb: roundedParts(cost.peakPssMb, 0),
    other_cores: rounded(cost.otherCores, 2),
    settle_s: rounded(cost.settleSeconds, 2),
  };
}

/** Every part's figure, rounded. */
export function roundedParts(parts: Readonly<Record<string, number>>, digits: number): Record<string, number> {
  return Object.fromEntries(Object.entries(parts).map(([name, figure]) => [name, rounded(figure, digits)]));
}

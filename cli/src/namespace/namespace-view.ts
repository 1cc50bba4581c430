import type { Namespace } from '@skein/contracts/scheduler';

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;

/** `30d`, `12h`; `for ever` where ended runs are never deleted because of their age. */
export function retentionText({ effectiveRunRetention: kept }: Namespace): string {
  if (kept === undefined) return 'for ever';
  const seconds = Number(kept.seconds);
  const [unit, size] = UNITS.find(([, of]) => seconds % of === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

/** Who has said so. */
export function retentionSetBy({ runRetention, keepRunsForever }: Namespace): string {
  return runRetention !== undefined || keepRunsForever ? 'namespace' : 'default';
}

/** All of it in one line. */
export function namespaceLine(namespace: Namespace): string {
  const { name, description } = namespace;
  const about = description === '' ? '' : `, ${description}`;
  return `${name}: ended runs are kept ${retentionText(namespace)} (${retentionSetBy(namespace)})${about}`;
}

/** The known name nearest to a mistyped one, or undefined where none is near: at most a third of its letters differ. */
export function nearest(mistyped: string, known: Iterable<string>): string | undefined {
  const word = mistyped.toLowerCase().slice(0, MAX_CHARS);
  let best: string | undefined;
  let bestDistance = word.length < 3 ? 1 : Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** A sentence that offers the nearest known name, or lists the known ones where they are few. */
export function didYouMean(mistyped: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearest(mistyped, names);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (names.length === 0 || names.length > MAX_LISTED) return '';
  return `known: ${names.join(', ')}`;
}

const MAX_CHARS = 128;
const MAX_LISTED = 20;

/** Insertions, deletions, replacements and swaps of neighbours between two words. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}

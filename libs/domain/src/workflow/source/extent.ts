import type { JsonValue } from '../../expression/json.ts';
import type { Problem } from '../problem.ts';

/** Bounds on the source of a definition. */
export const SOURCE_LIMITS = Object.freeze({
  /** Bytes of the text. */
  sizeBytes: 1024 * 1024,
  /** Uses of aliases, those within aliased parts multiplied. */
  aliases: 100,
  /** Nesting. */
  depth: 100,
  /** Values, every use of an alias counted in full. */
  values: 200_000,
  /** Characters of all texts and keys, every use of an alias counted in full. */
  chars: 4 * 1024 * 1024,
});

/** Refuses a value that nests too deep, is too large with its aliases written out, or has numbers JSON does not have. */
export function checkExtent(value: JsonValue): Problem | undefined {
  const left = { values: SOURCE_LIMITS.values, chars: SOURCE_LIMITS.chars };
  const waiting: { readonly value: JsonValue; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    left.values--;
    if (typeof next.value === 'string') left.chars -= next.value.length;
    if (left.values < 0 || left.chars < 0) return problem('SOURCE_TOO_LARGE', 'the definition is too large');
    if (next.depth > SOURCE_LIMITS.depth) {
      return problem('MALFORMED_SOURCE', `the definition nests deeper than ${SOURCE_LIMITS.depth} levels`);
    }
    if (typeof next.value === 'number' && !Number.isFinite(next.value)) {
      return problem('MALFORMED_SOURCE', `the definition has the number ${next.value}, which JSON does not have`);
    }
    if (typeof next.value !== 'object' || next.value === null) continue;
    for (const [key, part] of Object.entries(next.value)) {
      left.chars -= key.length;
      waiting.push({ value: part, depth: next.depth + 1 });
    }
  }
  return undefined;
}

function problem(code: Problem['code'], message: string): Problem {
  return { path: '', severity: 'error', code, message };
}

import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../expression/json.ts';

/** Largest memo: bytes of its JSON text, and levels of objects and lists. */
export const MEMO_LIMITS = { sizeBytes: 16 * 1024, depth: 32 } as const;

/** Why a memo may not be; undefined: it may. */
export function memoProblem(memo: JsonObject): string | undefined {
  const { sizeBytes, depth } = MEMO_LIMITS;
  // The depth first: what is too deep cannot be written as text.
  if (isDeeper(memo, depth)) return `give at most ${depth} levels of objects and lists`;
  const text = JSON.stringify(memo);
  return Buffer.byteLength(text) > sizeBytes ? `give at most ${sizeBytes / 1024} KiB of JSON` : undefined;
}

function isDeeper(json: JsonValue, depth: number): boolean {
  const within = isJsonArray(json) ? json : isJsonObject(json) ? Object.values(json) : undefined;
  return within !== undefined && (depth === 0 || within.some((it) => isDeeper(it, depth - 1)));
}

/** Amounts of processor time and memory, as Kubernetes and people write them. */
import type { JsonValue } from '@skein/domain';

const CPU = /^(\d{1,7})m$|^(\d{1,4}(?:\.\d{1,3})?)$/;
const MEMORY = /^(\d{1,15}(?:\.\d{1,3})?)(Ki|Mi|Gi|Ti|k|M|G|T)?$/;
const UNIT_BYTES: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** `500m`, `0.5` or 2 as thousandths of a processor; undefined: it is no such amount. */
export function cpuMillisOf(json: JsonValue): number | undefined {
  const found = CPU.exec(textOf(json));
  if (found === null) return undefined;
  const [, millis, processors] = found;
  return millis === undefined ? Math.round(Number(processors) * 1000) : Number(millis);
}

/** `512Mi`, `1.5G` or a number as bytes; undefined: it is no such amount. */
export function memoryBytesOf(json: JsonValue): bigint | undefined {
  const found = MEMORY.exec(textOf(json));
  if (found === null) return undefined;
  const [, number, unit] = found;
  const bytes = Math.round(Number(number) * (unit === undefined ? 1 : (UNIT_BYTES[unit] ?? 1)));
  return Number.isSafeInteger(bytes) ? BigInt(bytes) : undefined;
}

function textOf(json: JsonValue): string {
  return typeof json === 'number' || typeof json === 'string' ? String(json) : '';
}

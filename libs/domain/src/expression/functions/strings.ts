import { type Fault, type Site, valueFault } from '../fault.ts';
import { chargeChars, chargeElements, type Frame } from '../frame.ts';
import { asIndex, pointsOf } from './code-points.ts';
import { int, list, text } from './arguments.ts';
import { type Apply, declare, type FunctionSpec } from './spec.ts';
import type { CelList, CelValue } from '../value.ts';

/** Functions on texts. Positions and lengths count Unicode code points. */
export const STRING_FUNCTIONS: readonly FunctionSpec[] = [
  declare(
    'string.contains(string): bool',
    scanning((args) => text(args, 0).includes(text(args, 1))),
  ),
  declare('string.startsWith(string): bool', (args) => text(args, 0).startsWith(text(args, 1))),
  declare('string.endsWith(string): bool', (args) => text(args, 0).endsWith(text(args, 1))),
  declare(
    'string.lowerAscii(): string',
    scanning((args) => text(args, 0).replace(/[A-Z]+/g, (run) => run.toLowerCase())),
  ),
  declare(
    'string.upperAscii(): string',
    scanning((args) => text(args, 0).replace(/[a-z]+/g, (run) => run.toUpperCase())),
  ),
  declare(
    'string.trim(): string',
    scanning((args) => text(args, 0).trim()),
  ),
  declare('string.charAt(int): string', scanning(charAt)),
  declare(
    'string.indexOf(string): int',
    scanning((args, _frame, site) => indexOf(text(args, 0), text(args, 1), 0n, site)),
  ),
  declare(
    'string.indexOf(string, int): int',
    scanning((args, _frame, site) => indexOf(text(args, 0), text(args, 1), int(args, 2), site)),
  ),
  declare(
    'string.lastIndexOf(string): int',
    scanning((args) => lastIndexOf(text(args, 0), text(args, 1))),
  ),
  declare(
    'string.substring(int): string',
    scanning((args, _frame, site) => substring(text(args, 0), int(args, 1), undefined, site)),
  ),
  declare(
    'string.substring(int, int): string',
    scanning((args, _frame, site) => substring(text(args, 0), int(args, 1), int(args, 2), site)),
  ),
  declare('string.replace(string, string): string', replace),
  declare('string.split(string): list', (args, frame, site) => split(text(args, 0), text(args, 1), -1n, frame, site)),
  declare('string.split(string, int): list', (args, frame, site) =>
    split(text(args, 0), text(args, 1), int(args, 2), frame, site),
  ),
  declare('list.join(): string', (args, frame, site) => join(list(args, 0), '', frame, site)),
  declare('list.join(string): string', (args, frame, site) => join(list(args, 0), text(args, 1), frame, site)),
];

/** Charges for reading the receiver once, then computes. */
function scanning(apply: Apply): Apply {
  return (args, frame, site) => chargeChars(frame, text(args, 0).length, site) ?? apply(args, frame, site);
}

function charAt(args: readonly CelValue[], _frame: Frame, site: Site): CelValue | Fault {
  const points = pointsOf(text(args, 0));
  const at = asIndex(int(args, 1), points.length);
  return at === undefined ? outOfRange(site) : (points[at] ?? '');
}

function indexOf(receiver: string, wanted: string, from: bigint, site: Site): CelValue | Fault {
  const points = pointsOf(receiver);
  const start = asIndex(from, points.length);
  if (start === undefined) return outOfRange(site);
  const units = typeof points === 'string' ? start : points.slice(0, start).join('').length;
  return pointsBefore(receiver, receiver.indexOf(wanted, units));
}

function lastIndexOf(receiver: string, wanted: string): bigint {
  return pointsBefore(receiver, receiver.lastIndexOf(wanted));
}

function pointsBefore(receiver: string, unit: number): bigint {
  return unit <= 0 ? BigInt(unit) : BigInt(pointsOf(receiver.slice(0, unit)).length);
}

function substring(receiver: string, from: bigint, to: bigint | undefined, site: Site): CelValue | Fault {
  const points = pointsOf(receiver);
  const start = asIndex(from, points.length);
  const end = to === undefined ? points.length : asIndex(to, points.length);
  if (start === undefined || end === undefined || end < start) return outOfRange(site);
  const part = points.slice(start, end);
  return typeof part === 'string' ? part : part.join('');
}

function replace(args: readonly CelValue[], frame: Frame, site: Site): CelValue | Fault {
  const [receiver, wanted, put] = [text(args, 0), text(args, 1), text(args, 2)];
  const parts = receiver.split(wanted);
  const chars = receiver.length + (parts.length - 1) * Math.max(0, put.length - wanted.length);
  return chargeChars(frame, chars, site) ?? parts.join(put);
}

function split(receiver: string, separator: string, limit: bigint, frame: Frame, site: Site): CelValue | Fault {
  if (limit === 0n) return [];
  const spent = chargeChars(frame, receiver.length, site);
  if (spent !== undefined) return spent;
  const parts = separator === '' ? Array.from(receiver) : receiver.split(separator);
  const tooMany = chargeElements(frame, parts.length, site);
  if (tooMany !== undefined) return tooMany;
  if (limit < 0n || limit >= BigInt(parts.length)) return parts;
  const kept = Number(limit) - 1;
  return [...parts.slice(0, kept), parts.slice(kept).join(separator)];
}

function join(parts: CelList, separator: string, frame: Frame, site: Site): CelValue | Fault {
  const texts: string[] = [];
  let chars = 0;
  for (const part of parts) {
    if (typeof part !== 'string') return valueFault(site, 'join() takes a list of texts only');
    chars += part.length + separator.length;
    texts.push(part);
  }
  return chargeChars(frame, chars + parts.length, site) ?? texts.join(separator);
}

function outOfRange(site: Site): Fault {
  return valueFault(site, 'position outside the text');
}

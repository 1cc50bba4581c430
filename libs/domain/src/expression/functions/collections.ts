import { chargeChars } from '../frame.ts';
import { bytes, list, map, text } from './arguments.ts';
import { pointsOf } from './code-points.ts';
import { type Apply, declare, type FunctionSpec } from './spec.ts';

const SIZE: readonly (readonly [kind: string, apply: Apply])[] = [
  [
    'string',
    (args, frame, site) => chargeChars(frame, text(args, 0).length, site) ?? BigInt(pointsOf(text(args, 0)).length),
  ],
  ['bytes', (args) => BigInt(bytes(args, 0).length)],
  ['list', (args) => BigInt(list(args, 0).length)],
  ['map', (args) => BigInt(Object.keys(map(args, 0)).length)],
];

/** `size(x)` and `x.size()`: characters, bytes, elements or entries. */
export const COLLECTION_FUNCTIONS: readonly FunctionSpec[] = SIZE.flatMap(([kind, apply]) => [
  declare(`size(${kind}): int`, apply),
  declare(`${kind}.size(): int`, apply),
]);

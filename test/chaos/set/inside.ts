/**
 * Loaded into the processes of the set before their own code (`node --import`), to hurt them from within: their clock, and
 * the time they get. SIGUSR2 says that there is a new order in the file that CHAOS_ORDER names.
 */
import { readFileSync } from 'node:fs';

/** What a process is told to suffer. */
export interface InsideOrder {
  /** How far its wall clock is from the machine's, in milliseconds; its monotonic clock stays right. */
  readonly clockOffsetMs: number;
  /** For this long nearly all of its time is taken from it, in milliseconds; 0: nothing is. */
  readonly starveMs: number;
  /** Time that is taken at once; between two slices the process gets one turn. */
  readonly sliceMs: number;
}

const RealDate = Date;
let offsetMs = 0;

const now = (): number => RealDate.now() + offsetMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name, target) as unknown)),
});

function starve(untilMs: number, sliceMs: number): void {
  const sliceEndMs = Math.min(performance.now() + sliceMs, untilMs);
  while (performance.now() < sliceEndMs);
  if (sliceEndMs < untilMs) setImmediate(() => starve(untilMs, sliceMs));
}

process.on('SIGUSR2', () => {
  const order = JSON.parse(readFileSync(process.env['CHAOS_ORDER'] ?? '', 'utf8')) as InsideOrder;
  offsetMs = order.clockOffsetMs;
  if (order.starveMs > 0) starve(performance.now() + order.starveMs, order.sliceMs);
});

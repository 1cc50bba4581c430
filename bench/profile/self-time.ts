import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../platform/environment.ts';

/** A CPU profile as V8 writes it: the parts that are read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds. */
  readonly startTime: number;
  readonly endTime: number;
  /** Node ids, and the time before each in microseconds. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

/** What time is added up by. */
export type Grouping = 'function' | 'module' | 'package';

/** Time by what it was spent in, most first. */
export interface SelfTimes {
  readonly spanMs: number;
  /** Not idle. */
  readonly busyMs: number;
  readonly entries: readonly (readonly [name: string, ms: number])[];
}

const NO_WORK = new Set(['(idle)', '(root)']);

/** Time spent in functions themselves, without those they called. */
export function selfTimes(profile: CpuProfile, by: Grouping): SelfTimes {
  const names = new Map(profile.nodes.map((node) => [node.id, nameOf(node, by)]));
  const sums = new Map<string, number>();
  let busyMs = 0;
  for (const [index, id] of profile.samples.entries()) {
    const name = names.get(id) ?? '';
    if (NO_WORK.has(name)) continue;
    // A sample stands for the time until the next one.
    const ms = Math.max(0, profile.timeDeltas[index + 1] ?? 0) / 1000;
    busyMs += ms;
    sums.set(name, (sums.get(name) ?? 0) + ms);
  }
  const entries = [...sums].toSorted(([, left], [, right]) => right - left);
  return { spanMs: (profile.endTime - profile.startTime) / 1000, busyMs, entries };
}

function nameOf({ callFrame }: ProfileNode, by: Grouping): string {
  const { functionName, url, lineNumber } = callFrame;
  // V8's own: (garbage collector), (program), (idle).
  if (functionName.startsWith('(')) return functionName;
  const path = url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url === '' ? '(native)' : url;
  if (by === 'package') return packageOf(path);
  if (by === 'module') return path;
  return `${functionName === '' ? '(anonymous)' : functionName}  ${path}:${lineNumber + 1}`;
}

function packageOf(path: string): string {
  const [, outside] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  if (outside !== undefined) return outside;
  if (path.startsWith('node:')) return 'node';
  return path.split('/').slice(0, 2).join('/');
}

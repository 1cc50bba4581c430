/**
 * What the instances of a deployment wrote, read at the executors that keep them running.
 *
 * Owns which instances are read, and going on after an executor was away. Does not own the lines.
 *
 * O1. Lines of one instance come in order and once, over a broken connection too; those of several come as they come.
 * O2. Nothing is read ahead but the next line of each instance: a slow reader costs no memory.
 * O3. With `follow` it ends when what is followed is gone; an executor that is away meanwhile is asked again.
 */
import type { DeploymentNews } from './deployment-news.ts';
import type { AssignmentStore, DeploymentStore, LogSource } from './deployment-store.ts';
import type { DeploymentKey } from '../domain/deployment-record.ts';
import { FirstOf } from './first-of.ts';
import { AssignmentNotFoundError, DeploymentNotFoundError, ExecutorAwayError } from './registry-errors.ts';

/** A line that an instance wrote. */
export interface InstanceLine {
  readonly assignmentId: string;
  readonly timeMs: number;
  readonly text: string;
  readonly restarts: number;
  readonly skippedLines: number;
  /** Counts the lines of the instance, from 1. */
  readonly number: number;
}

/** What is asked of an executor. */
export interface InstanceLogRequest {
  readonly assignmentId: string;
  readonly tailLines: number;
  readonly follow: boolean;
  /** Goes on after this line; 0: begins with the last `tailLines`. */
  readonly afterNumber: number;
}

/** The executors, as they are asked for what their instances wrote. */
export interface InstanceLogPort {
  /**
   * Undefined is a sign of life. Ends at once where the executor does not keep the instance running yet, or no longer.
   * @throws ExecutorAwayError
   */
  read(
    address: string,
    request: InstanceLogRequest,
    signal: AbortSignal,
  ): AsyncGenerator<InstanceLine | undefined, void>;
}

/** What reading needs. */
export interface DeploymentLogParts {
  readonly deployments: Pick<DeploymentStore, 'get'>;
  readonly assignments: Pick<AssignmentStore, 'logSources'>;
  readonly executors: InstanceLogPort;
  readonly news: DeploymentNews;
  /** Time between two looks for instances where nobody tells of news. */
  readonly beatMs: number;
  readonly stopping: AbortSignal;
}

/** What to read. */
export interface DeploymentLogRequest {
  readonly key: DeploymentKey;
  /** Empty: of all instances. */
  readonly assignmentId: string;
  readonly tailLines: number;
  readonly follow: boolean;
}

/**
 * Undefined is a sign of life. Ends with `signal` too.
 * @throws DeploymentNotFoundError, AssignmentNotFoundError, ExecutorAwayError
 */
export async function* readDeploymentLogs(
  parts: DeploymentLogParts,
  request: DeploymentLogRequest,
  signal: AbortSignal,
): AsyncGenerator<InstanceLine | undefined, void> {
  const { key, assignmentId } = request;
  if ((await parts.deployments.get(key)) === undefined) throw new DeploymentNotFoundError(key);
  const sources = await sourcesOf(parts, request);
  if (assignmentId !== '' && sources.length === 0) throw new AssignmentNotFoundError(key, assignmentId);
  const over = AbortSignal.any([signal, parts.stopping]);
  try {
    if (request.follow) yield* followAll(parts, request, over);
    else yield* readAll(parts, request, sources, over);
  } catch (error) {
    // Whoever listened has gone.
    if (!over.aborted) throw error;
  }
}

/** One after the other; an executor that is away is told in the end. */
async function* readAll(
  { executors }: DeploymentLogParts,
  { tailLines }: DeploymentLogRequest,
  sources: readonly LogSource[],
  signal: AbortSignal,
): AsyncGenerator<InstanceLine | undefined, void> {
  let away: unknown;
  for (const { assignmentId, address } of sources) {
    try {
      yield* executors.read(address, { assignmentId, tailLines, follow: false, afterNumber: 0 }, signal);
    } catch (error) {
      if (!(error instanceof ExecutorAwayError)) throw error;
      away ??= error;
    }
  }
  if (away !== undefined) throw away;
}

/** O3. */
async function* followAll(
  parts: DeploymentLogParts,
  request: DeploymentLogRequest,
  stopped: AbortSignal,
): AsyncGenerator<InstanceLine | undefined, void> {
  const { executors, news, beatMs } = parts;
  const left = new AbortController();
  const signal = AbortSignal.any([stopped, left.signal]);
  const lines = new FirstOf<InstanceLine | undefined>();
  /** The last line of each instance. O1. */
  const read = new Map<string, number>();
  using _listening = news.listen(() => lines.wake());
  const onOver = () => lines.wake();
  signal.addEventListener('abort', onOver);
  try {
    while (!signal.aborted) {
      const sources = await sourcesOf(parts, request);
      if (sources.length === 0 && (await isGone(parts, request))) return;
      for (const { assignmentId, address } of sources) {
        if (lines.has(assignmentId)) continue;
        const { tailLines } = request;
        const asked = { assignmentId, tailLines, follow: true, afterNumber: read.get(assignmentId) ?? 0 };
        lines.add(assignmentId, executors.read(address, asked, signal));
      }
      yield* linesFor(beatMs, lines, read, signal);
    }
  } finally {
    left.abort();
    await lines.close();
  }
}

/** What comes within `beatMs`, or until there is news of deployments. */
async function* linesFor(
  beatMs: number,
  lines: FirstOf<InstanceLine | undefined>,
  read: Map<string, number>,
  signal: AbortSignal,
): AsyncGenerator<InstanceLine | undefined, void> {
  const untilMs = performance.now() + beatMs;
  for (;;) {
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0 || signal.aborted) return;
    const next = await lines.next(leftMs);
    if (next === undefined) return;
    if ('error' in next) {
      if (!(next.error instanceof ExecutorAwayError)) throw next.error;
      continue;
    }
    if (next.value !== undefined) read.set(next.value.assignmentId, next.value.number);
    yield next.value;
  }
}

async function sourcesOf(
  { assignments }: DeploymentLogParts,
  { key, assignmentId }: DeploymentLogRequest,
): Promise<readonly LogSource[]> {
  const sources = await assignments.logSources(key);
  return assignmentId === '' ? sources : sources.filter((source) => source.assignmentId === assignmentId);
}

async function isGone(
  { deployments }: DeploymentLogParts,
  { key, assignmentId }: DeploymentLogRequest,
): Promise<boolean> {
  return assignmentId !== '' || (await deployments.get(key)) === undefined;
}

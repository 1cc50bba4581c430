/**
 * Does the same to every run that a filter finds, and says how far it is. The platform stores nothing of it: where the
 * stream breaks, the command goes on after the last run it was told of.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Code, ConnectError } from '@connectrpc/connect';
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  BulkFailureSchema,
  BulkOperation,
  type BulkFailure,
  type BulkRunsRequestSchema,
  type BulkRunsResponse,
} from '@skein/contracts/scheduler';
import { connect, type Api } from '../api/api.ts';
import { CliError } from '../cli-error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { plainJson } from '../output/plain-json.ts';
import type { Output } from '../output/output.ts';
import type { Session } from '../session.ts';
import type { BulkOptions } from './bulk-options.ts';
import { showingPlaceIn } from './filter-trouble.ts';

type Request = Omit<MessageInitShape<typeof BulkRunsRequestSchema>, '$typeName'>;

/** Times that a broken stream is taken up again without a run done in between. */
const MAX_BREAKS = 5;
const PAUSE_MS = 500;
/** Refusals that are shown one by one. */
const MAX_SHOWN = 20;

const WOULD_BE: Readonly<Record<BulkOperation, string>> = {
  [BulkOperation.UNSPECIFIED]: '',
  [BulkOperation.CANCEL]: 'cancelled',
  [BulkOperation.TERMINATE]: 'terminated',
  [BulkOperation.PAUSE]: 'paused',
  [BulkOperation.RESUME]: 'resumed',
  [BulkOperation.RETRY]: 'retried',
  [BulkOperation.SIGNAL]: 'signalled',
  [BulkOperation.DELETE]: 'deleted',
};

/** What is done, and what comes with it. */
export interface BulkAction extends Pick<Request, 'reason' | 'signalName' | 'signalPayload'> {
  readonly operation: BulkOperation;
  readonly bulkId?: string | undefined;
}

/** Counts the runs, and with --yes does it. The exit code tells whether a run refused. */
export async function runBulk(
  session: Session,
  { filter, yes = false, dryRun = false, after, children = false }: BulkOptions & { readonly filter: string },
  { bulkId = randomUUID(), ...action }: BulkAction,
): Promise<ExitCode | undefined> {
  const { output } = session;
  const api = await connect(session);
  const onlyCounts = dryRun || !yes;
  const request = { namespace: api.namespace, filter, ...action, bulkId, dryRun: onlyCounts, afterRunId: after };
  const total = await showingPlaceIn(filter, () => work(api, { ...request, includeChildren: children }, output));
  output.document({
    matched: total.matched,
    done: total.done,
    failed: total.failures.length,
    dry_run: onlyCounts,
    failures: total.failures.map((failure) => plainJson(BulkFailureSchema, failure)),
  });
  if (onlyCounts) {
    output.line(`${runsText(total.matched)} would be ${WOULD_BE[action.operation]}`);
    if (!dryRun && total.matched > 0) output.note('--yes does it');
    return undefined;
  }
  output.line(`${total.done} of ${total.matched} done, ${total.failures.length} refused`);
  for (const { runId, failure } of total.failures.slice(0, MAX_SHOWN)) {
    output.line(`${runId} ${failure?.code}: ${failure?.message}`);
  }
  const more = total.failures.length - MAX_SHOWN;
  if (more > 0) output.line(`and ${more} more; -o json names them all`);
  return total.failures.length > 0 ? EXIT.refused : undefined;
}

interface Total {
  matched: number;
  done: number;
  failures: BulkFailure[];
}

async function work(api: Api, request: Request, output: Output): Promise<Total> {
  const total: Total = { matched: 0, done: 0, failures: [] };
  let afterRunId = request.afterRunId ?? '';
  for (let breaks = 0; ;) {
    const before = { done: total.done, failed: total.failures.length };
    try {
      for await (const report of api.runs.bulkRuns({ ...request, afterRunId })) {
        add(total, before, report);
        if (report.lastRunId !== '') [afterRunId, breaks] = [report.lastRunId, 0];
        if (report.finished) return total;
        output.note(`${total.done + total.failures.length} of ${total.matched}`);
      }
      throw new ConnectError('the stream ended too early', Code.Unavailable);
    } catch (error) {
      breaks += 1;
      if (!isAway(error)) throw error;
      if (breaks > MAX_BREAKS) throw brokenOff(error, total, afterRunId, request.bulkId ?? '');
      await pause(PAUSE_MS * breaks);
    }
  }
}

/** A stream counts from its own beginning. */
function add(total: Total, before: { done: number; failed: number }, report: BulkRunsResponse): void {
  total.matched = before.done + before.failed + Number(report.matched);
  total.done = before.done + Number(report.done);
  total.failures.push(...report.failures);
}

function isAway(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.Unavailable;
}

function brokenOff(cause: unknown, { done }: Total, afterRunId: string, bulkId: string): CliError {
  return new CliError({
    reason: 'SERVICE_UNAVAILABLE',
    message: `the platform does not answer any more; ${runsText(done)} done`,
    remedy: `give the same command again with --bulk-id ${bulkId}${afterRunId === '' ? '' : ` --after ${afterRunId}`}`,
    exitCode: EXIT.unreachable,
    cause,
  });
}

function runsText(count: number): string {
  return `${count} ${count === 1 ? 'run' : 'runs'}`;
}

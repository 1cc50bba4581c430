import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type {
  AssignmentReport,
  AssignmentService,
  FindGoneExecutorsRequest,
  ReportAssignmentsRequest,
  WatchAssignmentsRequest,
} from '@skein/contracts/registry';
import type { AssignmentNews } from '../app/deployment-store.ts';
import { FeedClosedError } from '../app/registry-errors.ts';
import { watchAssignments, type WatchAssignmentsParts } from '../app/watch-assignments.ts';
import { typedAnswer, typedStream, type OnDefect } from './answer-errors.ts';
import { stateOfMessage, templateToMessage } from './deployment-message.ts';
import { idOf, textOf } from './request-fields.ts';
import { Violations } from './violations.ts';

const MAX_REPORTS = 1000;
const MAX_EXECUTORS = 1000;
const MAX_ADDRESS_LENGTH = 512;
const MAX_CAPACITY = 100_000;
const MAX_FAILURE_LENGTH = 8192;
const MAX_NOTICE_LENGTH = 1024;
const MAX_CONTAINER_ID_LENGTH = 128;

/** skein.registry.v1.AssignmentService. */
export function assignmentService(
  parts: WatchAssignmentsParts & { readonly onDefect: OnDefect },
): ServiceImpl<typeof AssignmentService> {
  const { onDefect, assignments, stopping } = parts;
  return {
    watchAssignments: typedStream(
      'WatchAssignments',
      onDefect,
      async function* (request: WatchAssignmentsRequest, { signal }: HandlerContext) {
        const executor = executorOf(request);
        for await (const assigned of watchAssignments(parts, executor, signal)) {
          yield {
            instances: assigned.map(({ template, ...rest }) => ({ ...rest, template: templateToMessage(template) })),
          };
        }
        if (stopping.aborted) throw new FeedClosedError();
      },
    ),

    reportAssignments: typedAnswer('ReportAssignments', onDefect, async (request: ReportAssignmentsRequest) => {
      const violations = new Violations();
      const executorId = idOf('executor_id', request.executorId, violations);
      if (request.reports.length > MAX_REPORTS) violations.add('reports', `give at most ${MAX_REPORTS}`);
      const news = request.reports.map((report, at) => newsOf(`reports[${at}]`, report, violations));
      violations.throwIfAny();
      if (news.length > 0) await assignments.report(executorId, news);
      if (request.leaving) await assignments.leave(executorId);
      return {};
    }),

    findGoneExecutors: typedAnswer('FindGoneExecutors', onDefect, async (request: FindGoneExecutorsRequest) => {
      const violations = new Violations();
      if (request.executorIds.length > MAX_EXECUTORS) violations.add('executor_ids', `give at most ${MAX_EXECUTORS}`);
      violations.throwIfAny();
      return { executorIds: [...(await assignments.findGone(request.executorIds))] };
    }),
  };
}

function executorOf({ executorId, runtimes, capacity, address }: WatchAssignmentsRequest) {
  const violations = new Violations();
  idOf('executor_id', executorId, violations);
  if (runtimes.length === 0) violations.add('runtimes', 'give at least one', 'REQUIRED');
  for (const [at, runtime] of runtimes.entries()) idOf(`runtimes[${at}]`, runtime, violations);
  if (capacity < 1 || capacity > MAX_CAPACITY) violations.add('capacity', `give 1 to ${MAX_CAPACITY}`);
  textOf('address', address, MAX_ADDRESS_LENGTH, violations);
  violations.throwIfAny();
  return { executorId, runtimes, capacity, address };
}

function newsOf(at: string, report: AssignmentReport, violations: Violations): AssignmentNews {
  const { assignmentId, endpoint, pid, restarts, containerId } = report;
  if (assignmentId === '') violations.add(`${at}.assignment_id`, 'is required', 'REQUIRED');
  const state = stateOfMessage(report.state);
  if (state === undefined) violations.add(`${at}.state`, 'give one of those that this version knows');
  textOf(`${at}.container_id`, containerId, MAX_CONTAINER_ID_LENGTH, violations);
  return {
    assignmentId,
    state: state ?? 'ASSIGNED',
    endpoint,
    pid: Number(pid),
    restarts,
    failure: storable(report.failure, MAX_FAILURE_LENGTH),
    containerId,
    notice: storable(report.notice, MAX_NOTICE_LENGTH),
  };
}

/** What an instance wrote before it ended may be anything; Postgres keeps no U+0000. */
function storable(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replaceAll('\0', '�').toWellFormed();
}

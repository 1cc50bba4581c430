import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type {
  AssignmentReport,
  AssignmentService,
  FindGoneExecutorsRequest,
  ReportAssignmentsRequest,
  RequestInstanceRequest,
  WatchAssignmentsRequest,
} from '@skein/contracts/registry';
import type { AssignmentNews } from '../app/deployment-store.ts';
import type { DeploymentStore } from '../app/deployment-store.ts';
import { FeedClosedError } from '../app/registry-errors.ts';
import { inRange, isRange } from '../domain/agent-version.ts';
import { watchAssignments, type WatchAssignmentsParts } from '../app/watch-assignments.ts';
import { typedAnswer, typedStream, type OnDefect } from './answer-errors.ts';
import { autoscaleToMessage } from './autoscale-fields.ts';
import { rolloutToMessage, stateOfMessage, templateToMessage } from './deployment-message.ts';
import { idOf, namespaceOf, textOf } from './request-fields.ts';
import { Violations } from './violations.ts';

const MAX_REPORTS = 1000;
const MAX_EXECUTORS = 1000;
const MAX_ADDRESS_LENGTH = 512;
const MAX_CAPACITY = 100_000;
const MAX_FAILURE_LENGTH = 8192;
const MAX_NOTICE_LENGTH = 1024;
const MAX_ENDPOINTS = 1000;
const MAX_CONTAINER_ID_LENGTH = 128;

/** skein.registry.v1.AssignmentService. */
export function assignmentService(
  parts: WatchAssignmentsParts & {
    readonly deployments: Pick<DeploymentStore, 'requestInstance'>;
    readonly onDefect: OnDefect;
  },
): ServiceImpl<typeof AssignmentService> {
  const { onDefect, assignments, deployments, stopping } = parts;
  return {
    watchAssignments: typedStream(
      'WatchAssignments',
      onDefect,
      async function* (request: WatchAssignmentsRequest, { signal }: HandlerContext) {
        const executor = executorOf(request);
        for await (const assigned of watchAssignments(parts, executor, signal)) {
          yield {
            instances: assigned.map(({ template, revision, rollout, autoscale, ...rest }) => ({
              ...rest,
              rollout: rolloutToMessage(rollout),
              ...(autoscale === undefined ? {} : { autoscale: autoscaleToMessage(autoscale) }),
              revision: BigInt(revision),
              template: templateToMessage(template),
            })),
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

    requestInstance: typedAnswer('RequestInstance', onDefect, async (request: RequestInstanceRequest) => {
      const violations = new Violations();
      const namespace = namespaceOf(request.namespace, violations);
      const agentId = idOf('agent_id', request.agentId, violations);
      const { version } = request;
      if (version !== '' && !isRange(version)) violations.add('version', 'give a range of semantic versions');
      violations.throwIfAny();
      const fits = (candidate: string) => inRange(candidate, version);
      const { woken, kept } = await deployments.requestInstance({ namespace, agentId }, fits);
      return { deploymentIds: [...woken], keptDeploymentIds: [...kept] };
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
  if (report.endpoints.length > MAX_ENDPOINTS) violations.add(`${at}.endpoints`, `give at most ${MAX_ENDPOINTS}`);
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
    endpoints: report.endpoints,
    updatedReplicas: report.updatedReplicas,
    revision: Number(report.revision),
  };
}

/** What an instance wrote before it ended may be anything; Postgres keeps no U+0000. */
function storable(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replaceAll('\0', '�').toWellFormed();
}

/**
 * Everything about instances of deployments at this executor, put together.
 *
 * Owns the order in which it ends: the registry gives the instances to others, they serve for as long as the tasks of this
 * executor run, then they stop.
 */
import type { Client } from '@connectrpc/connect';
import { AssignmentState, type AgentRegistryService, type AssignmentService } from '@skein/contracts/registry';
import type { Logger } from 'pino';
import type { AgentFunctions } from '../../app/agent-function.ts';
import { DeploymentHost, isWhole } from '../../app/deployment-host.ts';
import type { WholeStatus } from '../../app/hosted-deployment.ts';
import { HOST_TIMES, type HostedStatus, type HostTimes } from '../../app/hosted-instance.ts';
import { InstanceHost } from '../../app/instance-host.ts';
import { externalRuntime } from '../external/external-runtime.ts';
import { functionRuntime, functionRuntimes } from '../inprocess/function-runtime.ts';
import { connectCluster } from '../kubernetes/cluster.ts';
import { kubernetesRuntime } from '../kubernetes/kubernetes-runtime.ts';
import { processRuntime, secretsOf } from '../process/process-runtime.ts';
import { readinessCheck } from '../readiness/readiness.ts';
import { leaveAssignments, reportAssignments, reportWholes, watchAssignments } from '../registry/assignment-watch.ts';
import { hostedDirectory } from '../registry/hosted-directory.ts';

/** What a desk needs. */
export interface HostDeskOptions {
  readonly executorId: string;
  readonly registry: Client<typeof AgentRegistryService>;
  readonly assignments: Client<typeof AssignmentService>;
  /** Empty: nothing is kept running. */
  readonly runtimes: readonly string[];
  readonly capacity: number;
  readonly secretsDirectory: string | undefined;
  /** At which the other services reach this machine. */
  readonly host: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly kubernetes: {
    readonly kubeconfig: string | undefined;
    readonly namespacePattern: string;
    readonly clientNamespace: string;
  };
  /** In-process agents by name. */
  readonly functions: AgentFunctions;
  readonly times?: HostTimes;
  readonly logger: Logger;
}

/** A running desk. */
export interface HostDesk {
  /** Takes no more instances, and has the registry give those that there are to others. They go on. */
  leave(): Promise<void>;
  /** Stops all, each step within `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

const NO_DESK: HostDesk = { leave: async () => {}, stop: async () => {} };

export function hostDesk(options: HostDeskOptions): HostDesk {
  const { executorId, registry, assignments, capacity, logger, times = HOST_TIMES } = options;
  const runtimes = options.runtimes.flatMap((each) =>
    each === 'in_process' ? functionRuntimes(options.functions) : [each],
  );
  if (runtimes.length === 0) return NO_DESK;
  const onFailed = (error: unknown) =>
    logger.warn({ err: error }, 'the registry was not told of an instance; trying again');
  const runtime = processRuntime({
    ...options,
    onLine: ({ namespace, deploymentId, assignmentId }, line) =>
      logger.info({ namespace, deployment_id: deploymentId, assignment_id: assignmentId }, line),
  });
  const readiness = readinessCheck();
  const directory = hostedDirectory(registry, onFailed);
  const deployments = new DeploymentHost({
    runtimes: {
      external: externalRuntime(readiness),
      inProcess: functionRuntime(options.functions),
      kubernetes: kubernetesRuntime({
        connect: () => connectCluster(options.kubernetes.kubeconfig),
        ...options.kubernetes,
        secretsOf: (secretEnv) => secretsOf({ secretEnv }, options.secretsDirectory),
      }),
    },
    directory,
    times,
    send: (statuses) => reportWholes(assignments, executorId, statuses),
    onSendFailed: onFailed,
    onStatus: (status) => logWhole(logger, status),
  });
  const host = new InstanceHost({
    runtime,
    readiness,
    directory,
    times,
    send: (statuses) => reportAssignments(assignments, executorId, statuses),
    onSendFailed: onFailed,
    onStatus: (status) => logStatus(logger, status),
  });
  const watch = watchAssignments({
    registry: assignments,
    executorId,
    runtimes,
    capacity,
    onAssigned(assigned) {
      host.assign(assigned.filter((each) => !isWhole(each)));
      deployments.assign(assigned.filter(isWhole));
    },
    onLost: (error) => logger.warn({ err: error }, 'not told what to keep running; what runs goes on, trying again'),
  });
  return {
    async leave() {
      await watch[Symbol.asyncDispose]();
      await leaveAssignments(assignments, executorId).catch(onFailed);
    },
    async stop(limitMs) {
      await Promise.all([host.stop(limitMs), deployments.stop()]);
      await runtime[Symbol.asyncDispose]();
      readiness[Symbol.dispose]();
    },
  };
}

function logWhole(logger: Logger, { assignmentId, state, endpoints, failure }: WholeStatus): void {
  const fields = { assignment_id: assignmentId, instances: endpoints.length };
  if (state === AssignmentState.RESTARTING) logger.warn(fields, `a deployment does not get on: ${failure}`);
  if (state === AssignmentState.RUNNING) logger.info(fields, 'a deployment is ready');
  if (state === AssignmentState.STOPPED) logger.info(fields, 'a deployment is taken away');
}

function logStatus(logger: Logger, { assignmentId, state, endpoint, pid, restarts, failure }: HostedStatus): void {
  const fields = { assignment_id: assignmentId, endpoint, pid, restarts };
  if (state === AssignmentState.RESTARTING)
    logger.warn(fields, `an instance has ended, and is started again: ${failure}`);
  if (state === AssignmentState.RUNNING) logger.info(fields, 'an instance is ready');
  if (state === AssignmentState.STOPPED) logger.info(fields, 'an instance has stopped');
}

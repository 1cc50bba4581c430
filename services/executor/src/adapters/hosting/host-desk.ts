/**
 * Everything about instances of deployments at this executor, put together.
 *
 * Owns the order in which it ends: the registry gives the instances to others, they serve for as long as the tasks of this
 * executor run, then they stop.
 */
import type { Client } from '@connectrpc/connect';
import {
  AssignmentState,
  type AgentRegistryService,
  type AssignmentService,
  type CatalogueService,
} from '@skein/contracts/registry';
import type { Logger } from 'pino';
import type { AgentFunctions } from '../../app/agent-function.ts';
import { atMost } from '../../app/at-most.ts';
import { DeploymentHost, isWhole } from '../../app/deployment-host.ts';
import type { WholeStatus } from '../../app/hosted-deployment.ts';
import { HOST_TIMES, type HostedStatus, type HostTimes } from '../../app/hosted-instance.ts';
import { InstanceHost } from '../../app/instance-host.ts';
import type { OwnCalls } from '../../app/last-calls.ts';
import { InstanceLogs } from '../../app/instance-logs.ts';
import type { OnLine } from '../../app/runtime.ts';
import type { RuntimeName } from '../../domain/runtime-names.ts';
import { externalRuntime } from '../external/external-runtime.ts';
import { functionRuntime, functionRuntimes } from '../inprocess/function-runtime.ts';
import { connectCluster } from '../kubernetes/cluster.ts';
import { kubernetesRuntime } from '../kubernetes/kubernetes-runtime.ts';
import { packageStore } from '../packages/logged-store.ts';
import { readinessCheck } from '../readiness/readiness.ts';
import {
  findGoneExecutors,
  leaveAssignments,
  reportAssignments,
  reportWholes,
  watchAssignments,
} from '../registry/assignment-watch.ts';
import { packageDownload } from '../registry/package-download.ts';
import { hostedDirectory } from '../registry/hosted-directory.ts';
import { secretsOf } from './instance-environment.ts';

import { runtimesOf } from './runtimes.ts';

/** What a desk needs. */
export interface HostDeskOptions {
  readonly executorId: string;
  readonly registry: Client<typeof AgentRegistryService>;
  readonly assignments: Client<typeof AssignmentService>;
  readonly catalogue: Client<typeof CatalogueService>;
  /** Empty: nothing is kept running. */
  readonly runtimes: readonly RuntimeName[];
  readonly capacity: number;
  readonly secretsDirectory: string | undefined;
  /** Folder of cgroup v2 for limits of processes; undefined: there is none. */
  readonly cgroupDirectory: string | undefined;
  /** Folder for the files of packages; undefined: one of this user's among the temporary files. */
  readonly packagesDirectory: string | undefined;
  /** Socket of the Docker Engine. */
  readonly dockerSocket: string;
  /** IP address at which ports of containers are published; undefined: see container/publish-address.ts. */
  readonly publishAddress: string | undefined;
  /** At which the other services reach this machine. */
  readonly host: string;
  /** `host:port` at which the registry reaches this executor. */
  readonly address: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly kubernetes: {
    readonly kubeconfig: string | undefined;
    readonly namespacePattern: string;
    readonly clientNamespace: string;
  };
  /** In-process agents by name. */
  readonly functions: AgentFunctions;
  readonly times?: HostTimes;
  /** Undefined: other executors call instances too. */
  readonly ownCalls: OwnCalls | undefined;
  readonly logger: Logger;
}

/** A running desk. */
export interface HostDesk {
  /** What its instances wrote. */
  readonly logs: Pick<InstanceLogs, 'find'>;
  /** Takes no more instances, and has the registry give those that there are to others. They go on. */
  leave(): Promise<void>;
  /** Stops all, each step within `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

/** Steps of an end: the calls under way, then SIGTERM, then SIGKILL. */
const STOP_STEPS = 3;

export function hostDesk(options: HostDeskOptions): HostDesk {
  const { executorId, registry, assignments, capacity, address, logger, ownCalls, times = HOST_TIMES } = options;
  const runtimes = options.runtimes.flatMap((each) =>
    each === 'in_process' ? functionRuntimes(options.functions) : [each],
  );
  const logs = new InstanceLogs();
  if (runtimes.length === 0) return { logs, leave: async () => {}, stop: async () => {} };
  const onFailed = (error: unknown) =>
    logger.warn({ err: error }, 'the registry was not told of an instance; trying again');
  const onLine: OnLine = ({ namespace, deploymentId, assignmentId }, line, timeMs) => {
    logger.info({ namespace, deployment_id: deploymentId, assignment_id: assignmentId }, line);
    logs.write(assignmentId, line, timeMs);
  };
  const packages = packageStore(options.packagesDirectory, packageDownload(options.catalogue), logger);
  const runtime = runtimesOf({
    ...options,
    packages,
    goneExecutors: (ids) => findGoneExecutors(assignments, ids),
    onLine,
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
    ownCalls,
    send: (statuses) => reportWholes(assignments, executorId, statuses),
    onSendFailed: onFailed,
    onStatus: (status) => logWhole(logger, status),
  });
  const host = new InstanceHost({
    runtime,
    readiness,
    directory,
    times,
    ownCalls,
    send: (statuses) => reportAssignments(assignments, executorId, statuses),
    onSendFailed: onFailed,
    onStatus(status) {
      logs.note(status);
      logStatus(logger, status);
    },
  });
  const watch = watchAssignments({
    registry: assignments,
    executorId,
    runtimes,
    capacity,
    address,
    onAssigned(assigned) {
      host.assign(assigned.filter((each) => !isWhole(each)));
      deployments.assign(assigned.filter(isWhole));
    },
    onLost: (error) => logger.warn({ err: error }, 'not told what to keep running; what runs goes on, trying again'),
  });
  return {
    logs,
    async leave() {
      await watch[Symbol.asyncDispose]();
      await leaveAssignments(assignments, executorId).catch(onFailed);
    },
    async stop(limitMs) {
      const stopping = Promise.all([host.stop(limitMs), deployments.stop()]);
      // An Engine that is away holds nobody up: what it has is left to the next executor.
      await atMost(stopping, STOP_STEPS * limitMs);
      await runtime[Symbol.asyncDispose]();
      await stopping;
      await packages[Symbol.asyncDispose]();
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

function logStatus(logger: Logger, status: HostedStatus): void {
  const { assignmentId, state, endpoint, pid, containerId, restarts, failure, notice } = status;
  const fields = {
    assignment_id: assignmentId,
    endpoint,
    restarts,
    ...(pid === 0 ? {} : { pid }),
    ...(containerId === '' ? {} : { container_id: containerId }),
    ...(notice === '' ? {} : { notice }),
  };
  if (state === AssignmentState.RESTARTING)
    logger.warn(fields, `an instance has ended, and is started again: ${failure}`);
  if (state === AssignmentState.RUNNING) logger.info(fields, 'an instance is ready');
  if (state === AssignmentState.STOPPED) logger.info(fields, 'an instance has stopped');
}

/**
 * Hears what this executor is to keep running, for as long as it lives.
 *
 * Owns the stream to the registry. Does not own the instances, which go on while the registry is away.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@connectrpc/connect';
import type { AssignedInstance, AssignmentService } from '@skein/contracts/registry';
import { Backoff } from '@skein/lifecycle';
import type { WholeStatus } from '../../app/hosted-deployment.ts';
import type { HostedStatus } from '../../app/hosted-instance.ts';
import type { RequestedInstance } from '../../app/instance-wake.ts';

/** What a watch needs. */
export interface AssignmentWatchOptions {
  readonly registry: Client<typeof AssignmentService>;
  readonly executorId: string;
  readonly runtimes: readonly string[];
  readonly capacity: number;
  /** `host:port` at which the registry reaches this executor. */
  readonly address: string;
  readonly onAssigned: (assigned: readonly AssignedInstance[]) => void;
  readonly onLost: (error: unknown) => void;
}

const TIMEOUT_MS = 5000;
const MAX_ASKED_EXECUTORS = 1000;

/** Starts watching; disposing ends it. */
export function watchAssignments(options: AssignmentWatchOptions): AsyncDisposable {
  const closed = new AbortController();
  const watching = keepWatching(options, closed.signal);
  return {
    async [Symbol.asyncDispose]() {
      closed.abort();
      await watching;
    },
  };
}

/** Tells the registry how instances are. */
export async function reportAssignments(
  registry: Client<typeof AssignmentService>,
  executorId: string,
  statuses: readonly HostedStatus[],
): Promise<void> {
  const reports = statuses.map(({ pid, ...rest }) => ({ ...rest, pid: BigInt(pid) }));
  await registry.reportAssignments({ executorId, reports }, { timeoutMs: TIMEOUT_MS });
}

/** Tells the registry how deployments are that this executor looks after as a whole. */
export async function reportWholes(
  registry: Client<typeof AssignmentService>,
  executorId: string,
  statuses: readonly WholeStatus[],
): Promise<void> {
  const reports = statuses.map(({ endpoints, ...rest }) => ({ ...rest, endpoints: [...endpoints] }));
  await registry.reportAssignments({ executorId, reports }, { timeoutMs: TIMEOUT_MS });
}

/** Tells the registry to give the instances to others. */
export async function leaveAssignments(registry: Client<typeof AssignmentService>, executorId: string): Promise<void> {
  await registry.reportAssignments({ executorId, leaving: true }, { timeoutMs: TIMEOUT_MS });
}

/** Asks for an instance of an agent that has none; answers the deployments that may be waited for. */
export async function requestInstance(
  registry: Client<typeof AssignmentService>,
  agent: { readonly namespace: string; readonly agentId: string; readonly version: string },
): Promise<RequestedInstance> {
  const { deploymentIds, keptDeploymentIds } = await registry.requestInstance(agent, { timeoutMs: TIMEOUT_MS });
  return { woken: deploymentIds, kept: keptDeploymentIds };
}

/** Those of these executors that are gone, as far as the registry knows. */
export async function findGoneExecutors(
  registry: Client<typeof AssignmentService>,
  executorIds: readonly string[],
): Promise<readonly string[]> {
  const asked = executorIds.slice(0, MAX_ASKED_EXECUTORS);
  return (await registry.findGoneExecutors({ executorIds: asked }, { timeoutMs: TIMEOUT_MS })).executorIds;
}

async function keepWatching(options: AssignmentWatchOptions, signal: AbortSignal): Promise<void> {
  const { registry, executorId, runtimes, capacity, address, onAssigned, onLost } = options;
  const backoff = new Backoff({ initialMs: 50, maxMs: 1000 });
  const request = { executorId, runtimes: [...runtimes], capacity, address };
  while (!signal.aborted) {
    try {
      for await (const { instances } of registry.watchAssignments(request, { signal })) {
        backoff.reset();
        onAssigned(instances);
      }
      onLost(new Error('the registry ended the stream'));
    } catch (error) {
      if (signal.aborted) return;
      onLost(error);
    }
    await delay(backoff.nextMs(), undefined, { signal }).catch(() => {});
  }
}

import type { JsonObject } from '@bufbuild/protobuf';
import type { DeploymentPlan } from '../domain/deployment-plan.ts';
import type {
  AssignmentRecord,
  DeploymentKey,
  DeploymentRecord,
  HostExecutor,
  RolloutSettings,
} from '../domain/deployment-record.ts';

/** What somebody asks for. */
export interface DesiredDeployment {
  readonly agentId: string;
  /** Undefined: as it was; 1 for a new deployment. */
  readonly replicas: number | undefined;
  readonly rollout: RolloutSettings;
  /** InstanceTemplate as JSON. */
  readonly template: JsonObject;
}

/** What an executor says of an instance. */
export type AssignmentNews = Pick<
  AssignmentRecord,
  'assignmentId' | 'state' | 'endpoint' | 'pid' | 'restarts' | 'failure' | 'containerId' | 'notice'
>;

/** An instance, for the executor that keeps it running. */
export interface AssignedInstance extends DeploymentKey {
  readonly assignmentId: string;
  readonly wanted: boolean;
  /** InstanceTemplate as JSON. */
  readonly template: JsonObject;
}

/**
 * Deployments.
 *
 * S1. A write is all or nothing; writers of one deployment take turns. Every registry is told after it is durable.
 * S2. What is as it was is not written, and tells nobody.
 */
export interface DeploymentStore {
  /** @throws DeploymentDeletingError, DeploymentAgentError */
  apply(key: DeploymentKey, desired: DesiredDeployment): Promise<{ deployment: DeploymentRecord; created: boolean }>;
  /** @throws DeploymentNotFoundError, DeploymentDeletingError */
  scale(key: DeploymentKey, replicas: number): Promise<DeploymentRecord>;
  /** Revision 0: the one before the newest. @throws DeploymentNotFoundError, DeploymentDeletingError */
  rollBack(key: DeploymentKey, revision: number): Promise<DeploymentRecord>;
  /** @throws DeploymentNotFoundError */
  remove(key: DeploymentKey): Promise<DeploymentRecord>;
  get(key: DeploymentKey): Promise<DeploymentRecord | undefined>;
  /** In the order of their ids. */
  list(query: { namespace: string; afterDeploymentId: string; limit: number }): Promise<readonly DeploymentRecord[]>;
}

/** What the controller reads and writes. */
export interface ControlStore {
  /** Every deployment, and every executor that takes instances. */
  survey(): Promise<{ deployments: readonly DeploymentRecord[]; executors: readonly HostExecutor[] }>;
  /** Decides again on what holds now, and writes what is decided, in one transaction. */
  reconcile(
    key: DeploymentKey,
    decide: (deployment: DeploymentRecord, executors: readonly HostExecutor[]) => DeploymentPlan,
  ): Promise<DeploymentPlan | undefined>;
  /** Forgets executors that were not heard of for `silentMs`; answers how many. */
  forgetExecutors(silentMs: number): Promise<number>;
}

/** The executors' side. */
export interface AssignmentStore {
  /** The executor takes instances, or still does; answers all that it is to keep running. */
  hear(executor: Omit<HostExecutor, 'assigned'>): Promise<readonly AssignedInstance[]>;
  report(executorId: string, news: readonly AssignmentNews[]): Promise<void>;
  /** The executor stops, and has stopped all that it had. */
  leave(executorId: string): Promise<void>;
}

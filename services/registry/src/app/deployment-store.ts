import type { JsonObject } from '@bufbuild/protobuf';
import type { AgentKey } from '../domain/agent-record.ts';
import type { AutoscaleSettings } from '../domain/autoscale.ts';
import type { DeploymentPlan } from '../domain/deployment-decision.ts';
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
  /**
   * Undefined: as it was; 1 for a new deployment. Of an autoscaled deployment it counts only while that is new; there the
   * default is the fewest instances, and never none: nobody could call an agent that was never seen.
   */
  readonly replicas: number | undefined;
  /** Undefined: as it was; not, for a new deployment. */
  readonly autoscale: AutoscaleSettings | undefined;
  readonly rollout: RolloutSettings;
  /** InstanceTemplate as JSON. */
  readonly template: JsonObject;
  /** Throws where the template that is there must not be replaced by this one. Default: every one may be. */
  readonly checkBefore?: (template: JsonObject) => void;
}

/** What an executor says of an instance. */
export type AssignmentNews = Pick<
  AssignmentRecord,
  | 'assignmentId'
  | 'state'
  | 'endpoint'
  | 'pid'
  | 'restarts'
  | 'failure'
  | 'containerId'
  | 'notice'
  | 'endpoints'
  | 'updatedReplicas'
> & {
  /** The revision that this is about; 0: the newest. */
  readonly revision: number;
};

/** An instance, for the executor that keeps it running. */
export interface AssignedInstance extends DeploymentKey {
  readonly assignmentId: string;
  readonly wanted: boolean;
  readonly revision: number;
  readonly replicas: number;
  readonly rollout: RolloutSettings;
  /** Undefined: `replicas` says how many. */
  readonly autoscale: AutoscaleSettings | undefined;
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
  /** @throws DeploymentDeletingError, DeploymentAgentError, DeploymentRuntimeError */
  apply(key: DeploymentKey, desired: DesiredDeployment): Promise<{ deployment: DeploymentRecord; created: boolean }>;
  /** @throws DeploymentNotFoundError, DeploymentDeletingError, ReplicasOutOfBoundsError, ReplicasFixedError */
  scale(key: DeploymentKey, replicas: number): Promise<DeploymentRecord>;
  /**
   * Undefined: the number of instances stays as it is.
   * @throws DeploymentNotFoundError, DeploymentDeletingError, ReplicasFixedError
   */
  autoscale(key: DeploymentKey, settings: AutoscaleSettings | undefined): Promise<DeploymentRecord>;
  /** Revision 0: the one before the newest. @throws DeploymentNotFoundError, DeploymentDeletingError */
  rollBack(key: DeploymentKey, revision: number): Promise<DeploymentRecord>;
  /** @throws DeploymentNotFoundError */
  remove(key: DeploymentKey): Promise<DeploymentRecord>;
  /**
   * A call waits for an instance of the agent, of a version that `fits`: deployments of it that run none while nobody calls
   * start one. What is repeated within a second is not written.
   */
  requestInstance(agent: AgentKey, fits: (version: string) => boolean): Promise<RequestedInstance>;
  get(key: DeploymentKey): Promise<DeploymentRecord | undefined>;
  /** In the order of their ids. */
  list(query: { namespace: string; afterDeploymentId: string; limit: number }): Promise<readonly DeploymentRecord[]>;
}

/** Deployments that a call may wait for, in the order of their ids. */
export interface RequestedInstance {
  /** Those that start an instance where a call waits for one. */
  readonly woken: readonly string[];
  /** Those that keep one running anyway. */
  readonly kept: readonly string[];
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

/** An executor as it says that it is. */
export interface HeardExecutor extends Omit<HostExecutor, 'assigned'> {
  /** `host:port` at which it is reached; empty: it is not. */
  readonly address: string;
}

/** Where what an instance wrote can be read. */
export interface LogSource {
  readonly assignmentId: string;
  /** `host:port` of its executor; empty: it does not tell, or is gone. */
  readonly address: string;
}

/** The executors' side. */
export interface AssignmentStore {
  /** The executor takes instances, or still does; answers all that it is to keep running. */
  hear(executor: HeardExecutor): Promise<readonly AssignedInstance[]>;
  report(executorId: string, news: readonly AssignmentNews[]): Promise<void>;
  /** The executor takes no more instances; what it has it stops. */
  leave(executorId: string): Promise<void>;
  /** Those of these executors that are known to be gone. */
  findGone(executorIds: readonly string[]): Promise<readonly string[]>;
  /** Of every instance of a deployment, in the order of their ids. */
  logSources(key: DeploymentKey): Promise<readonly LogSource[]>;
}

/** Deployments, and the instances that they are made of. */
import type { JsonObject } from '@bufbuild/protobuf';

/** Names a deployment. */
export interface DeploymentKey {
  readonly namespace: string;
  readonly deploymentId: string;
}

/** How a new revision replaces the one before. */
export interface RolloutSettings {
  readonly maxUnavailable: number;
  readonly maxSurge: number;
  readonly progressDeadlineMs: number;
  readonly automaticRollback: boolean;
  readonly minReadyMs: number;
}

/** What holds where nothing is said. */
export const ROLLOUT_DEFAULTS: RolloutSettings = Object.freeze({
  maxUnavailable: 0,
  maxSurge: 1,
  progressDeadlineMs: 300_000,
  automaticRollback: true,
  minReadyMs: 0,
});

/** Where an instance stands, by the word of its executor; `ASSIGNED`: it has not said anything yet. */
export type AssignmentState = 'ASSIGNED' | 'STARTING' | 'RUNNING' | 'RESTARTING' | 'STOPPING' | 'STOPPED';

/** One instance, given to one executor. */
export interface AssignmentRecord {
  readonly assignmentId: string;
  readonly revision: number;
  readonly executorId: string;
  readonly wanted: boolean;
  readonly state: AssignmentState;
  readonly endpoint: string;
  /** 0: it has no process. */
  readonly pid: number;
  readonly restarts: number;
  readonly failure: string;
  /** Empty: it has no container. */
  readonly containerId: string;
  /** What its executor cannot do of what was asked; empty: nothing. */
  readonly notice: string;
  readonly createdAtMs: number;
  /** Undefined: it is not ready. */
  readonly readyAtMs: number | undefined;
}

/** What is decided on. */
export interface DeploymentState {
  readonly replicas: number;
  readonly rollout: RolloutSettings;
  readonly revision: number;
  /** 0: none yet. */
  readonly completeRevision: number;
  readonly progressCount: number;
  readonly progressAtMs: number;
  readonly deleting: boolean;
  readonly obstacle: string;
  /** What its instances need of an executor. */
  readonly runtime: string;
  readonly assignments: readonly AssignmentRecord[];
}

/** A deployment. */
export interface DeploymentRecord extends DeploymentKey, DeploymentState {
  readonly agentId: string;
  /** InstanceTemplate of the newest revision, as JSON. */
  readonly template: JsonObject;
  readonly notice: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** The database's time when this was read. */
  readonly readAtMs: number;
}

/** An executor that takes instances. */
export interface HostExecutor {
  readonly executorId: string;
  readonly runtimes: readonly string[];
  readonly capacity: number;
  /** Instances that it has, of all deployments. */
  readonly assigned: number;
}

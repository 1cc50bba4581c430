import type { AgentSource } from '../domain/agent-source.ts';
import type { AgentKey } from '../domain/agent-record.ts';
import type { AutoscaleSettings } from '../domain/autoscale.ts';
import type { DeploymentKey } from '../domain/deployment-record.ts';
import type { RpcServiceKey } from '../domain/rpc-service-record.ts';
import type { ToolKey } from '../domain/tool-record.ts';

/** There is no such agent in this namespace, or not in this version. */
export class AgentNotFoundError extends Error {
  readonly key: AgentKey;

  constructor(key: AgentKey, version = '') {
    super(`no agent ${key.agentId}${version === '' ? '' : ` of version ${version}`} in namespace ${key.namespace}`);
    this.name = 'AgentNotFoundError';
    this.key = key;
  }
}

/** The agent is kept by the file of agents, and by nobody else. */
export class AgentListedError extends Error {
  readonly key: AgentKey;

  constructor(key: AgentKey, source: AgentSource) {
    const by = source === 'CONFIG' ? 'the file of agents' : 'a host that the file of agents names';
    super(`agent ${key.agentId} in namespace ${key.namespace} is kept by ${by}`);
    this.name = 'AgentListedError';
    this.key = key;
  }
}

/** The agent is known, and was to be new. */
export class AgentExistsError extends Error {
  readonly key: AgentKey;

  constructor(key: AgentKey) {
    super(`there is an agent ${key.agentId} in namespace ${key.namespace}`);
    this.name = 'AgentExistsError';
    this.key = key;
  }
}

/** An endpoint would go from a newer version to an older one. */
export class VersionDowngradeError extends Error {
  readonly key: AgentKey;

  constructor(key: AgentKey, { endpoint, from, to }: { endpoint: string; from: string; to: string }) {
    super(`${endpoint} is version ${from} of agent ${key.agentId}, and would be the older ${to}`);
    this.name = 'VersionDowngradeError';
    this.key = key;
  }
}

/** There is no such instance of this agent. */
export class InstanceNotFoundError extends Error {
  readonly key: AgentKey;
  readonly instanceId: string;

  constructor(key: AgentKey, instanceId: string) {
    super(`agent ${key.agentId} in namespace ${key.namespace} has no instance ${instanceId}`);
    this.name = 'InstanceNotFoundError';
    this.key = key;
    this.instanceId = instanceId;
  }
}

/** An agent's protocol was not given and could not be found out; the message says what to give. */
export class ProtocolUndecidedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProtocolUndecidedError';
  }
}

/** There is no such rpc service in this namespace. */
export class ServiceNotFoundError extends Error {
  readonly key: RpcServiceKey;

  constructor(key: RpcServiceKey) {
    super(`no rpc service ${key.serviceId} in namespace ${key.namespace}`);
    this.name = 'ServiceNotFoundError';
    this.key = key;
  }
}

/** There is no such tool in this namespace. */
export class ToolNotFoundError extends Error {
  readonly key: ToolKey;

  constructor(key: ToolKey) {
    super(`no tool ${key.toolId} in namespace ${key.namespace}`);
    this.name = 'ToolNotFoundError';
    this.key = key;
  }
}

/** There is no such deployment in this namespace, or it has no such revision any more. */
export class DeploymentNotFoundError extends Error {
  readonly key: DeploymentKey;

  constructor(key: DeploymentKey, revision = 0) {
    const what = revision === 0 ? '' : `revision ${revision} of `;
    super(`no ${what}deployment ${key.deploymentId} in namespace ${key.namespace}`);
    this.name = 'DeploymentNotFoundError';
    this.key = key;
  }
}

/** The deployment is being deleted: nothing of it can be changed. */
export class DeploymentDeletingError extends Error {
  readonly key: DeploymentKey;

  constructor(key: DeploymentKey) {
    super(`deployment ${key.deploymentId} in namespace ${key.namespace} is being deleted; its instances stop`);
    this.name = 'DeploymentDeletingError';
    this.key = key;
  }
}

/** What is given to one executor as a whole cannot be replaced by something else step by step. */
export class DeploymentRuntimeError extends Error {
  constructor(key: DeploymentKey, runtime: string) {
    super(
      `deployment ${key.deploymentId} is of the runtime ${runtime}; delete it, or take another deployment_id for another runtime`,
    );
    this.name = 'DeploymentRuntimeError';
  }
}

/** The load decides how many instances there are, and this number is not within its bounds. */
export class ReplicasOutOfBoundsError extends Error {
  readonly key: DeploymentKey;

  constructor(key: DeploymentKey, replicas: number, { minReplicas, maxReplicas }: AutoscaleSettings) {
    super(
      `deployment ${key.deploymentId} is autoscaled between ${minReplicas} and ${maxReplicas} instances, and ${replicas} is not within`,
    );
    this.name = 'ReplicasOutOfBoundsError';
    this.key = key;
  }
}

/** The template says how many instances there are. */
export class ReplicasFixedError extends Error {
  readonly key: DeploymentKey;

  constructor(key: DeploymentKey, replicas: number) {
    super(`deployment ${key.deploymentId} has ${replicas} instances, as its template says`);
    this.name = 'ReplicasFixedError';
    this.key = key;
  }
}

/** The deployment has no such instance, or no longer. */
export class AssignmentNotFoundError extends Error {
  readonly deploymentId: string;

  constructor({ namespace, deploymentId }: DeploymentKey, assignmentId: string) {
    super(`deployment ${deploymentId} in namespace ${namespace} has no instance ${assignmentId}`);
    this.name = 'AssignmentNotFoundError';
    this.deploymentId = deploymentId;
  }
}

/** An executor that is to tell what an instance wrote does not answer. */
export class ExecutorAwayError extends Error {
  constructor(assignmentId: string, cause: unknown) {
    super(`the executor of instance ${assignmentId} does not answer`, { cause });
    this.name = 'ExecutorAwayError';
  }
}

/** A deployment keeps its agent. */
export class DeploymentAgentError extends Error {
  constructor(key: DeploymentKey, agentId: string) {
    super(`deployment ${key.deploymentId} is of agent ${agentId}; take another deployment_id for another agent`);
    this.name = 'DeploymentAgentError';
  }
}

/** The methods of an rpc service cannot be told. */
export class MethodsUnknownError extends Error {
  readonly serviceId: string;
  /** Whether it may be told later: the server is not there. */
  readonly isAway: boolean;

  constructor(serviceId: string, why: string, isAway: boolean, options?: ErrorOptions) {
    super(`the methods of rpc service ${serviceId} are not known: ${why}`, options);
    this.name = 'MethodsUnknownError';
    this.serviceId = serviceId;
    this.isAway = isAway;
  }
}

/** The feed of routes ended under its reader. */
export class FeedClosedError extends Error {
  constructor() {
    super('the feed of routes is closed');
    this.name = 'FeedClosedError';
  }
}

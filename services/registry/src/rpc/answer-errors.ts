import { Code, ConnectError } from '@connectrpc/connect';
import { isUnreachable } from '@skein/postgres';
import { skeinError } from '@skein/rpc';
import {
  AgentExistsError,
  AgentListedError,
  AgentNotFoundError,
  AssignmentNotFoundError,
  DeploymentAgentError,
  DeploymentDeletingError,
  DeploymentNotFoundError,
  DeploymentRuntimeError,
  ExecutorAwayError,
  FeedClosedError,
  InstanceNotFoundError,
  MethodsUnknownError,
  ProtocolUndecidedError,
  ReplicasFixedError,
  ReplicasOutOfBoundsError,
  ServiceNotFoundError,
  ToolNotFoundError,
  VersionDowngradeError,
} from '../app/registry-errors.ts';
import { catalogueError } from './catalogue-errors.ts';
import { invalidFields } from './violations.ts';

/** Told of errors that nobody foresaw. */
export type OnDefect = (rpc: string, error: unknown) => void;

/** Wraps a method with one answer, so that whatever it throws has a reason people can look up. */
export function typedAnswer<Args extends unknown[], Answer>(
  rpc: string,
  onDefect: OnDefect,
  method: (...args: Args) => Promise<Answer>,
) {
  return async (...args: Args): Promise<Answer> => {
    try {
      return await method(...args);
    } catch (error) {
      throw typed(error, rpc, onDefect);
    }
  };
}

/** The same for a method with a stream of answers. */
export function typedStream<Args extends unknown[], Answer>(
  rpc: string,
  onDefect: OnDefect,
  method: (...args: Args) => AsyncIterable<Answer>,
) {
  return async function* (...args: Args): AsyncGenerator<Answer> {
    try {
      yield* method(...args);
    } catch (error) {
      throw typed(error, rpc, onDefect);
    }
  };
}

/** What was thrown, with a reason people can look up. */
export function typed(error: unknown, rpc: string, onDefect: OnDefect): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof AgentNotFoundError) return notFound(error);
  if (error instanceof AgentExistsError) return alreadyThere(error);
  if (error instanceof AgentListedError) return listed(error);
  if (error instanceof VersionDowngradeError) return downgrade(error);
  if (error instanceof InstanceNotFoundError) return instanceNotFound(error);
  if (error instanceof ProtocolUndecidedError) {
    return invalidFields([{ field: 'protocol', description: error.message, reason: 'UNDECIDED' }], error);
  }
  if (error instanceof ServiceNotFoundError) return serviceNotFound(error);
  if (error instanceof ToolNotFoundError) return toolNotFound(error);
  if (error instanceof DeploymentNotFoundError) return deploymentNotFound(error);
  if (error instanceof AssignmentNotFoundError) return assignmentNotFound(error);
  if (error instanceof ExecutorAwayError) return executorAway(error);
  if (error instanceof DeploymentDeletingError) return deploymentDeleting(error);
  if (error instanceof ReplicasFixedError) return replicasFixed(error);
  if (error instanceof ReplicasOutOfBoundsError) return replicasOutOfBounds(error);
  if (error instanceof DeploymentAgentError) {
    const field = 'deployment.template.agent_id';
    return invalidFields([{ field, description: error.message, reason: 'IMMUTABLE' }], error);
  }
  if (error instanceof DeploymentRuntimeError) {
    const field = 'deployment.template';
    return invalidFields([{ field, description: error.message, reason: 'IMMUTABLE' }], error);
  }
  const ofCatalogue = catalogueError(error);
  if (ofCatalogue !== undefined) return ofCatalogue;
  if (error instanceof MethodsUnknownError) return methodsUnknown(error);
  if (error instanceof FeedClosedError) {
    return skeinError({
      reason: 'NOT_READY',
      code: Code.Unavailable,
      message: 'the registry stops',
      remedy: 'connect again',
      retryAfterMs: 100,
      cause: error,
    });
  }
  if (isUnreachable(error)) {
    return skeinError({
      reason: 'SERVICE_UNAVAILABLE',
      code: Code.Unavailable,
      message: 'the database of the registry does not answer',
      remedy: 'try again; `skein doctor` says what is down',
      retryAfterMs: 1000,
      cause: error,
    });
  }
  onDefect(rpc, error);
  return skeinError({
    reason: 'INTERNAL',
    code: Code.Internal,
    message: 'a defect of the registry; its log has the details',
    remedy: 'report it with the trace id',
    cause: error,
  });
}

const assignmentNotFound = (error: AssignmentNotFoundError): ConnectError =>
  skeinError({
    reason: 'ASSIGNMENT_NOT_FOUND',
    code: Code.NotFound,
    message: error.message,
    place: error.deploymentId,
    remedy: `see those that it has: skein deployments get ${error.deploymentId}`,
    cause: error,
  });

const executorAway = (error: ExecutorAwayError): ConnectError =>
  skeinError({
    reason: 'SERVICE_UNAVAILABLE',
    code: Code.Unavailable,
    message: error.message,
    remedy: 'try again; an executor that is gone loses its instances to others after 10 s',
    retryAfterMs: 1000,
    cause: error,
  });

const notFound = (error: AgentNotFoundError): ConnectError =>
  skeinError({
    reason: 'AGENT_NOT_FOUND',
    code: Code.NotFound,
    message: error.message,
    place: error.key.agentId,
    remedy: `register it: skein agents register ${error.key.agentId} --endpoint ADDRESS`,
    cause: error,
  });

const listed = (error: AgentListedError): ConnectError =>
  skeinError({
    reason: 'AGENT_CONFLICT',
    code: Code.FailedPrecondition,
    message: error.message,
    place: error.key.agentId,
    remedy: 'change the file (SKEIN_REGISTRY_AGENTS_FILE), or take another id',
    cause: error,
  });

const alreadyThere = (error: AgentExistsError): ConnectError =>
  skeinError({
    reason: 'AGENT_EXISTS',
    code: Code.AlreadyExists,
    message: error.message,
    place: error.key.agentId,
    remedy: 'take another id, or register without create_only to change it',
    cause: error,
  });

const downgrade = (error: VersionDowngradeError): ConnectError =>
  skeinError({
    reason: 'VERSION_DOWNGRADE',
    code: Code.FailedPrecondition,
    message: error.message,
    place: error.key.agentId,
    remedy: 'register the newer version, or allow it: skein agents register --allow-downgrade',
    cause: error,
  });

const instanceNotFound = (error: InstanceNotFoundError): ConnectError =>
  skeinError({
    reason: 'INSTANCE_NOT_FOUND',
    code: Code.NotFound,
    message: error.message,
    place: error.key.agentId,
    remedy: `see its instances: skein agents get ${error.key.agentId}`,
    cause: error,
  });

const serviceNotFound = (error: ServiceNotFoundError): ConnectError =>
  skeinError({
    reason: 'SERVICE_NOT_FOUND',
    code: Code.NotFound,
    message: error.message,
    place: error.key.serviceId,
    remedy: `register it: skein services register ${error.key.serviceId} --address HOST:PORT`,
    cause: error,
  });

const toolNotFound = (error: ToolNotFoundError): ConnectError =>
  skeinError({
    reason: 'TOOL_NOT_FOUND',
    code: Code.NotFound,
    message: error.message,
    place: error.key.toolId,
    remedy: `register it: skein tools register ${error.key.toolId} --url URL`,
    cause: error,
  });

const deploymentNotFound = (error: DeploymentNotFoundError): ConnectError =>
  skeinError({
    reason: 'DEPLOYMENT_NOT_FOUND',
    code: Code.NotFound,
    message: error.message,
    place: error.key.deploymentId,
    remedy: 'see what there is: skein deployments list',
    cause: error,
  });

const deploymentDeleting = (error: DeploymentDeletingError): ConnectError =>
  skeinError({
    reason: 'DEPLOYMENT_DELETING',
    code: Code.FailedPrecondition,
    message: error.message,
    place: error.key.deploymentId,
    remedy: 'wait until it is gone, or take another id',
    cause: error,
  });

const replicasOutOfBounds = (error: ReplicasOutOfBoundsError): ConnectError =>
  skeinError({
    reason: 'REPLICAS_OUT_OF_BOUNDS',
    code: Code.FailedPrecondition,
    message: error.message,
    place: error.key.deploymentId,
    remedy: `change the bounds: skein deployments autoscale ${error.key.deploymentId} --min COUNT --max COUNT; or end it with --off`,
    cause: error,
  });

const replicasFixed = (error: ReplicasFixedError): ConnectError =>
  skeinError({
    reason: 'REPLICAS_OUT_OF_BOUNDS',
    code: Code.FailedPrecondition,
    message: error.message,
    place: error.key.deploymentId,
    remedy: 'apply another template: skein deployments apply -f FILE',
    cause: error,
  });

function methodsUnknown(error: MethodsUnknownError): ConnectError {
  const place = `rpc service ${error.serviceId}`;
  const { message } = error;
  if (error.isAway) {
    const remedy = 'check that it runs and listens at its address, or upload a descriptor set';
    return skeinError({ reason: 'SERVICE_UNAVAILABLE', code: Code.Unavailable, message, place, remedy, cause: error });
  }
  const remedy = `upload them: skein services register ${error.serviceId} --descriptors FILE`;
  const reason = 'DESCRIPTORS_UNAVAILABLE';
  return skeinError({ reason, code: Code.FailedPrecondition, message, place, remedy, cause: error });
}

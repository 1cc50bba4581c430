import { create, fromJson, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AssignmentState,
  DeploymentPhase,
  DeploymentSchema,
  InstanceTemplateSchema,
  type AssignmentSchema,
  type Deployment,
} from '@skein/contracts/registry';
import { durationOfMs, timestampOfMs } from '@skein/events';
import { availableAt } from '../domain/deployment-plan.ts';
import type * as domain from '../domain/deployment-record.ts';

const STATES: Readonly<Record<domain.AssignmentState, AssignmentState>> = {
  ASSIGNED: AssignmentState.UNSPECIFIED,
  STARTING: AssignmentState.STARTING,
  RUNNING: AssignmentState.RUNNING,
  RESTARTING: AssignmentState.RESTARTING,
  STOPPING: AssignmentState.STOPPING,
  STOPPED: AssignmentState.STOPPED,
};

/** The state that an executor tells; undefined: none that this version knows. */
export function stateOfMessage(state: AssignmentState): domain.AssignmentState | undefined {
  return (Object.keys(STATES) as domain.AssignmentState[]).find((word) => STATES[word] === state);
}

/** A template as it is kept, for the wire. */
export function templateToMessage(template: domain.DeploymentRecord['template']) {
  return fromJson(InstanceTemplateSchema, template, { ignoreUnknownFields: true });
}

/** A deployment for the wire. */
export function deploymentToMessage(deployment: domain.DeploymentRecord): Deployment {
  const { namespace, deploymentId, replicas, rollout, revision, completeRevision, assignments } = deployment;
  const isReady = (assignment: domain.AssignmentRecord) => availableAt(assignment, 0) < Infinity;
  const ready = assignments.filter(isReady);
  return create(DeploymentSchema, {
    namespace,
    deploymentId,
    replicas,
    template: templateToMessage(deployment.template),
    rollout: {
      maxUnavailable: rollout.maxUnavailable,
      maxSurge: rollout.maxSurge,
      progressDeadline: durationOfMs(rollout.progressDeadlineMs),
      noAutomaticRollback: !rollout.automaticRollback,
      minReady: durationOfMs(rollout.minReadyMs),
    },
    status: {
      phase: phaseOf(deployment, ready),
      revision: BigInt(revision),
      completeRevision: BigInt(completeRevision),
      readyReplicas: ready.length,
      updatedReplicas: ready.filter((assignment) => assignment.revision === revision).length,
      detail: [deployment.notice, deployment.obstacle, troubleIn(assignments)].filter((text) => text !== '').join('; '),
      assignments: assignments.map(assignmentToMessage),
    },
    createdAt: timestampOfMs(deployment.createdAtMs),
    updatedAt: timestampOfMs(deployment.updatedAtMs),
  });
}

/** Why an instance of the deployment ended that waits to be started again, in short. */
function troubleIn(assignments: readonly domain.AssignmentRecord[]): string {
  const troubled = assignments.find(({ wanted, state }) => wanted && state === 'RESTARTING');
  return troubled?.failure.split('\n', 1)[0] ?? '';
}

function phaseOf(deployment: domain.DeploymentRecord, ready: readonly domain.AssignmentRecord[]): DeploymentPhase {
  const { deleting, replicas, revision, completeRevision, assignments, rollout } = deployment;
  if (deleting) return DeploymentPhase.DELETING;
  const isSettled = ready.length === replicas && assignments.length === replicas && completeRevision === revision;
  if (isSettled) return DeploymentPhase.READY;
  const isLate = deployment.readAtMs - deployment.progressAtMs >= rollout.progressDeadlineMs;
  return isLate && ready.length < replicas ? DeploymentPhase.STALLED : DeploymentPhase.PROGRESSING;
}

function assignmentToMessage(assignment: domain.AssignmentRecord): MessageInitShape<typeof AssignmentSchema> {
  const { assignmentId, revision, executorId, state, wanted, endpoint, pid, restarts, failure, containerId, notice } =
    assignment;
  return {
    assignmentId,
    revision: BigInt(revision),
    executorId,
    state: STATES[state],
    wanted,
    endpoint,
    pid: BigInt(pid),
    restarts,
    failure,
    containerId,
    notice,
    createdAt: timestampOfMs(assignment.createdAtMs),
    ...(assignment.readyAtMs === undefined ? {} : { readyAt: timestampOfMs(assignment.readyAtMs) }),
  };
}

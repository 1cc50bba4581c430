import type { ServiceImpl } from '@connectrpc/connect';
import type {
  ApplyDeploymentRequest,
  AutoscaleDeploymentRequest,
  DeleteDeploymentRequest,
  DeploymentService,
  GetDeploymentRequest,
  ListDeploymentsRequest,
  RollbackDeploymentRequest,
  ScaleDeploymentRequest,
} from '@skein/contracts/registry';
import { pageToken, positionOf } from '@skein/rpc';
import type { DeploymentLogParts } from '../app/deployment-logs.ts';
import type { DeploymentStore } from '../app/deployment-store.ts';
import { DeploymentNotFoundError } from '../app/registry-errors.ts';
import { typedAnswer, typedStream, type OnDefect } from './answer-errors.ts';
import { autoscaleOf } from './autoscale-fields.ts';
import { deploymentKeyOf, desiredOf, replicasIn } from './deployment-fields.ts';
import { deploymentToMessage } from './deployment-message.ts';
import { idOf, namespaceOf, pageSizeOf } from './request-fields.ts';
import { streamLogsRpc } from './stream-logs.ts';
import { Violations } from './violations.ts';

/** What the RPCs about deployments are made of. */
export interface DeploymentRpcParts extends DeploymentLogParts {
  readonly deployments: DeploymentStore;
  readonly onDefect: OnDefect;
}

/** skein.registry.v1.DeploymentService. */
export function deploymentService(parts: DeploymentRpcParts): ServiceImpl<typeof DeploymentService> {
  const { deployments, onDefect } = parts;
  return {
    streamLogs: typedStream('StreamLogs', onDefect, streamLogsRpc(parts)),

    applyDeployment: typedAnswer('ApplyDeployment', onDefect, async (request: ApplyDeploymentRequest) => {
      const { key, desired } = desiredOf(request.deployment);
      const { deployment, created } = await deployments.apply(key, desired);
      return { deployment: deploymentToMessage(deployment), created };
    }),

    getDeployment: typedAnswer('GetDeployment', onDefect, async (request: GetDeploymentRequest) => {
      const key = deploymentKeyOf(request);
      const deployment = await deployments.get(key);
      if (deployment === undefined) throw new DeploymentNotFoundError(key);
      return { deployment: deploymentToMessage(deployment) };
    }),

    listDeployments: typedAnswer('ListDeployments', onDefect, listDeploymentsRpc(deployments)),

    scaleDeployment: typedAnswer('ScaleDeployment', onDefect, async (request: ScaleDeploymentRequest) => {
      const violations = new Violations();
      const namespace = namespaceOf(request.namespace, violations);
      const deploymentId = idOf('deployment_id', request.deploymentId, violations);
      const replicas = replicasIn('replicas', request.replicas, violations);
      if (replicas === undefined) violations.add('replicas', 'is required', 'REQUIRED');
      violations.throwIfAny();
      return { deployment: deploymentToMessage(await deployments.scale({ namespace, deploymentId }, replicas ?? 0)) };
    }),

    autoscaleDeployment: typedAnswer('AutoscaleDeployment', onDefect, async (request: AutoscaleDeploymentRequest) => {
      const violations = new Violations();
      const namespace = namespaceOf(request.namespace, violations);
      const deploymentId = idOf('deployment_id', request.deploymentId, violations);
      const settings = autoscaleOf('autoscale', request.autoscale, violations);
      violations.throwIfAny();
      return { deployment: deploymentToMessage(await deployments.autoscale({ namespace, deploymentId }, settings)) };
    }),

    rollbackDeployment: typedAnswer('RollbackDeployment', onDefect, async (request: RollbackDeploymentRequest) => {
      const violations = new Violations();
      const namespace = namespaceOf(request.namespace, violations);
      const deploymentId = idOf('deployment_id', request.deploymentId, violations);
      const revision = Number(request.revision);
      if (!Number.isSafeInteger(revision) || revision < 0)
        violations.add('revision', 'give a revision, or leave it out');
      violations.throwIfAny();
      return { deployment: deploymentToMessage(await deployments.rollBack({ namespace, deploymentId }, revision)) };
    }),

    deleteDeployment: typedAnswer('DeleteDeployment', onDefect, async (request: DeleteDeploymentRequest) => {
      return { deployment: deploymentToMessage(await deployments.remove(deploymentKeyOf(request))) };
    }),
  };
}

function listDeploymentsRpc(deployments: DeploymentStore) {
  return async (request: ListDeploymentsRequest) => {
    const violations = new Violations();
    const namespace = namespaceOf(request.namespace, violations);
    const limit = pageSizeOf(request.pageSize, violations);
    violations.throwIfAny();
    const list = `deployments/${namespace}`;
    const afterDeploymentId = positionOf(list, request.pageToken) ?? '';
    const found = await deployments.list({ namespace, afterDeploymentId, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const nextPageToken = found.length > limit && last !== undefined ? pageToken(list, last.deploymentId) : '';
    return { deployments: page.map(deploymentToMessage), nextPageToken };
  };
}

import { once } from 'node:events';
import { create } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import {
  DeploymentPhase,
  DeploymentSchema,
  DeploymentService,
  DeploymentStatusSchema,
  type Deployment,
} from '@skein/contracts/registry';
import { timestampOfMs } from '@skein/events';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';
import { FIRST_EVENT_MS } from './fake-events.ts';

/** Deployments, kept in this process; nothing runs. */
export function fakeDeployments(): ServiceBinding {
  const deployments = new Map<string, Deployment>();
  const find = (deploymentId: string): Deployment => {
    const found = deployments.get(deploymentId);
    if (found !== undefined) return found;
    throw skeinError({ reason: 'DEPLOYMENT_NOT_FOUND', code: Code.NotFound, message: `no deployment ${deploymentId}` });
  };
  const put = (deployment: Deployment, revision: bigint): Deployment => {
    const status = create(DeploymentStatusSchema, { phase: DeploymentPhase.PROGRESSING, revision });
    const kept = create(DeploymentSchema, {
      replicas: 1,
      ...deployment,
      status,
      createdAt: timestampOfMs(FIRST_EVENT_MS),
    });
    deployments.set(kept.deploymentId, kept);
    return kept;
  };
  return bind(DeploymentService, {
    applyDeployment({ deployment = create(DeploymentSchema) }) {
      const created = !deployments.has(deployment.deploymentId);
      return { deployment: put({ ...deployment, namespace: deployment.namespace || 'default' }, 1n), created };
    },
    getDeployment: ({ deploymentId }) => ({ deployment: find(deploymentId) }),
    listDeployments: () => ({ deployments: [...deployments.values()] }),
    scaleDeployment: ({ deploymentId, replicas = 0 }) => ({ deployment: put({ ...find(deploymentId), replicas }, 1n) }),
    autoscaleDeployment({ deploymentId, autoscale }) {
      const { autoscale: _before, ...rest } = find(deploymentId);
      return { deployment: put({ ...rest, ...(autoscale === undefined ? {} : { autoscale }) }, 1n) };
    },
    rollbackDeployment: ({ deploymentId, revision }) => ({ deployment: put(find(deploymentId), revision + 1n) }),
    async *streamLogs({ deploymentId, assignmentId, follow, tailLines = 100 }, { signal }) {
      find(deploymentId);
      for (let number = 1; number <= Math.min(tailLines, 2); number += 1) {
        const time = timestampOfMs(FIRST_EVENT_MS);
        const text = `line ${number}`;
        yield { line: { assignmentId: assignmentId || 'd-1', time, text, restarts: 1, number: BigInt(number) } };
      }
      if (!follow) return;
      yield {};
      await once(signal, 'abort');
    },
    deleteDeployment({ deploymentId }) {
      const deployment = find(deploymentId);
      deployments.delete(deploymentId);
      return { deployment };
    },
  });
}

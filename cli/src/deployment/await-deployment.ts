import { setTimeout as delay } from 'node:timers/promises';
import { Code } from '@connectrpc/connect';
import { DeploymentPhase, type Deployment } from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import type { Api } from '../api/api.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { phaseText, readyText } from './deployment-view.ts';

const INTERVAL_MS = 250;

/**
 * Waits until a deployment is ready.
 * @throws CliError when it is not after `timeoutMs`, with what is in the way.
 */
export async function awaitReady(
  { deployments, namespace }: Api,
  deploymentId: string,
  timeoutMs: number,
): Promise<Deployment> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const { deployment } = await deployments.getDeployment({ namespace, deploymentId });
    if (deployment?.status?.phase === DeploymentPhase.READY) return deployment;
    if (performance.now() >= deadlineMs) {
      const { detail = '' } = deployment?.status ?? {};
      const stands = deployment === undefined ? '' : `: ${phaseText(deployment)}, ${readyText(deployment)} ready`;
      throw new CliError({
        reason: 'WAIT_TIMED_OUT',
        message: `deployment ${deploymentId} is not ready yet${stands}${detail === '' ? '' : `; ${detail}`}`,
        remedy: `see its instances: skein deployments get ${deploymentId}`,
        exitCode: EXIT.timedOut,
      });
    }
    await delay(INTERVAL_MS);
  }
}

/** Waits until a deployment is gone. @throws CliError when it is not after `timeoutMs`. */
export async function awaitGone(
  { deployments, namespace }: Api,
  deploymentId: string,
  timeoutMs: number,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (performance.now() < deadlineMs) {
    try {
      await deployments.getDeployment({ namespace, deploymentId });
    } catch (error) {
      if (describeError(error).code === Code.NotFound) return;
      throw error;
    }
    await delay(INTERVAL_MS);
  }
  throw new CliError({
    reason: 'WAIT_TIMED_OUT',
    message: `the instances of deployment ${deploymentId} have not all stopped yet`,
    remedy: `see them: skein deployments get ${deploymentId}`,
    exitCode: EXIT.timedOut,
  });
}

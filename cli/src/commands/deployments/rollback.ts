import { DeploymentSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { agentText } from '../../deployment/deployment-view.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';

interface Options {
  readonly revision?: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<deployment>', 'id of the deployment')
    .option('--revision <number>', 'default: the one before the newest', wholeNumber(1, Number.MAX_SAFE_INTEGER));
  invocation.handle(command, async (session, deploymentId: string, { revision = 0 }: Options) => {
    const { output } = session;
    const { deployments, namespace } = await connect(session);
    const asked = { namespace, deploymentId, revision: BigInt(revision) };
    const { deployment } = await deployments.rollbackDeployment(asked);
    if (deployment === undefined) return;
    output.document(plainJson(DeploymentSchema, deployment));
    output.line(
      `${deploymentId} goes back to ${agentText(deployment)}, as revision ${deployment.status?.revision ?? 0n}`,
    );
  });
};

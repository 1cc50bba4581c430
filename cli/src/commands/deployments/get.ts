import { DeploymentSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { showDeployment } from '../../deployment/deployment-view.ts';
import { plainJson } from '../../output/plain-json.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<deployment>', 'id of the deployment');
  invocation.handle(command, async (session, deploymentId: string) => {
    const { deployments, namespace } = await connect(session);
    const { deployment } = await deployments.getDeployment({ namespace, deploymentId });
    if (!deployment)
      throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the deployment' });
    session.output.document(plainJson(DeploymentSchema, deployment));
    showDeployment(deployment, session.output);
  });
};

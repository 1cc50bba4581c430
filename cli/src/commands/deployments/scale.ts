import { DeploymentSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { awaitReady } from '../../deployment/await-deployment.ts';
import { phaseText, readyText } from '../../deployment/deployment-view.ts';
import { parseSpanMs, wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';

interface Options {
  readonly replicas: number;
  readonly wait?: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<deployment>', 'id of the deployment')
    .requiredOption('--replicas <count>', 'how many instances to keep running', wholeNumber(0, 1000))
    .option('--wait <span>', 'wait until it is ready, at most this long', parseSpanMs);
  invocation.handle(command, async (session, deploymentId: string, { replicas, wait }: Options) => {
    const { output } = session;
    const api = await connect(session);
    const { namespace } = api;
    const { deployment } = await api.deployments.scaleDeployment({ namespace, deploymentId, replicas });
    const done = wait === undefined ? deployment : await awaitReady(api, deploymentId, wait);
    if (done === undefined) return;
    output.document(plainJson(DeploymentSchema, done));
    output.line(`${deploymentId} scaled: ${phaseText(done)}, ${readyText(done)} ready`);
  });
};

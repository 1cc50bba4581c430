import { ApplyDeploymentResponseSchema, DeploymentSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { awaitReady } from '../../deployment/await-deployment.ts';
import { agentText, phaseText, readyText } from '../../deployment/deployment-view.ts';
import { parseSpanMs, wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { messageOf, readObjectFile } from '../../input/message-file.ts';

interface Options {
  readonly file: string;
  readonly replicas?: number;
  readonly wait?: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('[deployment]', 'id of the deployment; default: that of the file')
    .requiredOption('-f, --file <path>', 'YAML or JSON with `deployment_id` and `template`; - is standard input')
    .option('--replicas <count>', 'how many instances to keep running; default: as the file says', wholeNumber(0, 1000))
    .option('--wait <span>', 'wait until it is ready, at most this long', parseSpanMs)
    .addHelpText('after', '\nExample: skein deployments apply -f examples/deployments/greeter.yaml --wait 30s');
  invocation.handle(command, async (session, deploymentId: string | undefined, options: Options) => {
    const { output, host } = session;
    const json = {
      ...(await readObjectFile(options.file, host)),
      ...(deploymentId === undefined ? {} : { deployment_id: deploymentId }),
      ...(options.replicas === undefined ? {} : { replicas: options.replicas }),
    };
    const asked = messageOf(DeploymentSchema, json, options.file);
    const api = await connect(session);
    const answer = await api.deployments.applyDeployment({ deployment: { ...asked, namespace: api.namespace } });
    const done =
      options.wait === undefined ? answer.deployment : await awaitReady(api, asked.deploymentId, options.wait);
    const { created } = answer;
    output.document(
      plainJson(ApplyDeploymentResponseSchema, { ...answer, ...(done === undefined ? {} : { deployment: done }) }),
    );
    if (done === undefined) return;
    const verb = created ? 'created' : 'applied';
    output.line(`${done.deploymentId} ${verb}: ${agentText(done)}, ${phaseText(done)}, ${readyText(done)} ready`);
  });
};

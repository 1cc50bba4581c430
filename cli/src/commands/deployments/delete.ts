import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { awaitGone } from '../../deployment/await-deployment.ts';
import { parseSpanMs } from '../../input/option-values.ts';

interface Options {
  readonly wait?: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<deployment...>', 'ids of the deployments')
    .option('--wait <span>', 'wait until all instances have stopped, at most this long', parseSpanMs);
  invocation.handle(command, async (session, deploymentIds: string[], { wait }: Options) => {
    const { output } = session;
    const api = await connect(session);
    for (const deploymentId of deploymentIds) {
      await api.deployments.deleteDeployment({ namespace: api.namespace, deploymentId });
      if (wait !== undefined) await awaitGone(api, deploymentId, wait);
      output.line(`${deploymentId} ${wait === undefined ? 'is being deleted; its instances stop' : 'deleted'}`);
    }
    output.document({ deleted: deploymentIds });
  });
};

import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<agent...>', 'ids of the agents')
    .option('--version <semver>', 'only this version; the others stay');
  invocation.handle(command, async (session, agentIds: string[], { version = '' }: { readonly version?: string }) => {
    const { output } = session;
    const { agents, namespace } = await connect(session);
    for (const agentId of agentIds) {
      await agents.unregisterAgent({ namespace, agentId, version });
      output.line(version === '' ? `${agentId} removed` : `${agentId} ${version} removed`);
    }
    output.document({ removed: agentIds });
  });
};

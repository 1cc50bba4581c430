import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<agent...>', 'ids of the agents');
  invocation.handle(command, async (session, agentIds: string[]) => {
    const { output } = session;
    const { agents, namespace } = await connect(session);
    for (const agentId of agentIds) {
      await agents.unregisterAgent({ namespace, agentId });
      output.line(`${agentId} removed`);
    }
    output.document({ removed: agentIds });
  });
};

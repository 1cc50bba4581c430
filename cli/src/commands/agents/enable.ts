import { InstanceSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<agent>', 'id of the agent')
    .argument('<instance>', 'id of the instance, as `skein agents get` shows it');
  invocation.handle(command, async (session, agentId: string, instanceId: string) => {
    const { output } = session;
    const { agents, namespace } = await connect(session);
    const { instance } = await agents.enableInstance({ namespace, agentId, instanceId });
    if (!instance) return;
    output.document(plainJson(InstanceSchema, instance));
    output.line(`${instanceId} at ${instance.endpoint} takes calls`);
  });
};

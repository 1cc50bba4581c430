import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<key>', 'id of the key');
  invocation.handle(command, async (session, keyId: string) => {
    const { output } = session;
    const { catalogue, namespace } = await connect(session);
    const { removed } = await catalogue.distrustKey({ namespace, keyId });
    output.document({ key_id: keyId, removed });
    output.line(`key ${keyId} ${removed ? 'is trusted no longer' : 'was not trusted'}`);
  });
};

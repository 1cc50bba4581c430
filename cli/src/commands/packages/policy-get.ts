import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { showPolicy } from '../../package/policy-view.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.handle(command, async (session) => {
    const { catalogue, namespace } = await connect(session);
    showPolicy(await catalogue.getInstallPolicy({ namespace }), session.output);
  });
};

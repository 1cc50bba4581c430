import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<key...>', 'keys of the limits');
  invocation.handle(command, async (session, keys: string[]) => {
    const { output } = session;
    const { limits, namespace } = await connect(session);
    for (const key of keys) {
      await limits.deleteLimit({ namespace, key });
      output.line(`${key} deleted`);
    }
    output.document({ deleted: keys });
  });
};

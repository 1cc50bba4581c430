import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<tool...>', 'ids of the tools');
  invocation.handle(command, async (session, toolIds: string[]) => {
    const { output } = session;
    const { tools, namespace } = await connect(session);
    for (const toolId of toolIds) {
      await tools.deleteTool({ namespace, toolId });
      output.line(`${toolId} deleted`);
    }
    output.document({ deleted: toolIds });
  });
};

import { ToolSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { toolTarget } from '../../service/tool-view.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<tool>', 'id of the tool');
  invocation.handle(command, async (session, toolId: string) => {
    const { output } = session;
    const { tools, namespace } = await connect(session);
    const { tool } = await tools.getTool({ namespace, toolId });
    if (!tool) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the tool' });
    output.document(plainJson(ToolSchema, tool));
    const facts: [string, string][] = [
      ['tool', tool.toolId],
      ['description', tool.description],
      ['calls', toolTarget(tool)],
      ['input', tool.inputSchema === undefined ? 'any JSON' : JSON.stringify(tool.inputSchema)],
      ['output', tool.outputSchema === undefined ? 'any JSON' : JSON.stringify(tool.outputSchema)],
    ];
    for (const [name, value] of facts) if (value !== '') output.line(`${name.padEnd(12)} ${value}`);
  });
};

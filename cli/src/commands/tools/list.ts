import { ToolSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { clip } from '../../output/value-text.ts';
import { toolTarget } from '../../service/tool-view.ts';

interface Options {
  readonly limit: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command.option('--limit <count>', 'at most this many', wholeNumber(1, 100_000), 1000);
  invocation.handle(command, async (session, { limit }: Options) => {
    const { output } = session;
    const { tools: client, namespace } = await connect(session);
    const tools = await pagesOf(limit, async (page) => {
      const answer = await client.listTools({ namespace, ...page });
      return { items: answer.tools, nextPageToken: answer.nextPageToken };
    });
    output.document({ tools: tools.map((tool) => plainJson(ToolSchema, tool)) });
    if (tools.length === 0) {
      output.note('no tools; `skein tools register ID --url URL` adds one');
      return;
    }
    const rows = tools.map((tool) => [tool.toolId, tool.kind.case ?? '', toolTarget(tool), clip(tool.description, 60)]);
    for (const line of table(['TOOL', 'KIND', 'CALLS', 'DESCRIPTION'], rows)) output.line(line);
  });
};

import { NamespaceSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { retentionSetBy, retentionText } from '../../namespace/namespace-view.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.option('--limit <count>', 'at most this many', wholeNumber(1, 100_000), 100);
  invocation.handle(command, async (session, { limit: most }: { limit: number }) => {
    const { output } = session;
    const { namespaces: client } = await connect(session);
    const namespaces = await pagesOf(most, async (page) => {
      const answer = await client.listNamespaces(page);
      return { items: answer.namespaces, nextPageToken: answer.nextPageToken };
    });
    output.document({ namespaces: namespaces.map((namespace) => plainJson(NamespaceSchema, namespace)) });
    const rows = namespaces.map((it) => [it.name, retentionText(it), retentionSetBy(it), it.description]);
    for (const line of table(['NAMESPACE', 'RUNS KEPT', 'SET BY', 'DESCRIPTION'], rows)) output.line(line);
  });
};

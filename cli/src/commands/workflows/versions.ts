import { WorkflowVersionSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { ageText } from '../../output/time.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<workflow>', 'id of the workflow')
    .option('--limit <count>', 'at most this many', wholeNumber(1, 100_000), 100);
  invocation.handle(command, async (session, workflowId: string, { limit }: { limit: number }) => {
    const { output } = session;
    const { workflows, namespace } = await connect(session);
    const versions = await pagesOf(limit, async (page) => {
      const answer = await workflows.listWorkflowVersions({ namespace, workflowId, ...page });
      return { items: answer.versions, nextPageToken: answer.nextPageToken };
    });
    output.document({ versions: versions.map((version) => plainJson(WorkflowVersionSchema, version)) });
    const rows = versions.map(({ version, nodeCount, createdAt, digest, deprecatedAt, deprecationReason }) => [
      String(version),
      String(nodeCount),
      ageText(createdAt, Date.now()),
      digest,
      deprecatedAt === undefined ? '' : `deprecated ${deprecationReason}`.trim(),
    ]);
    for (const line of table(['VERSION', 'NODES', 'AGE', 'DIGEST', ''], rows)) output.line(line.trimEnd());
  });
};

import { WorkflowVersionSchema, type WorkflowVersion } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { ageText } from '../../output/time.ts';
import { clip } from '../../output/value-text.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.option('--limit <count>', 'at most this many', wholeNumber(1, 100_000), 100);
  invocation.handle(command, async (session, { limit }: { limit: number }) => {
    const { output } = session;
    const { workflows: client, namespace } = await connect(session);
    const workflows = await pagesOf(limit, async (page) => {
      const { workflows: items, nextPageToken } = await client.listWorkflows({ namespace, ...page });
      return { items, nextPageToken };
    });
    output.document({ workflows: workflows.map((workflow) => plainJson(WorkflowVersionSchema, workflow)) });
    if (workflows.length === 0) output.note('no workflows; `skein workflows apply FILE` stores one');
    else for (const line of table(WORKFLOW_COLUMNS, workflows.map(workflowRow))) output.line(line);
  });
};

export const WORKFLOW_COLUMNS: readonly string[] = ['WORKFLOW', 'VERSION', 'NODES', 'AGE', 'NAME'];

/** One line of a list. */
export function workflowRow({ workflowId, version, nodeCount, createdAt, name }: WorkflowVersion): string[] {
  return [workflowId, String(version), String(nodeCount), ageText(createdAt, Date.now()), clip(name, 60)];
}

import { DeploymentSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { agentText, phaseText, readyText } from '../../deployment/deployment-view.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { clip } from '../../output/value-text.ts';

interface Options {
  readonly limit: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command.option('--limit <count>', 'at most this many', wholeNumber(1, 100_000), 1000);
  invocation.handle(command, async (session, { limit }: Options) => {
    const { output } = session;
    const { deployments: client, namespace } = await connect(session);
    const deployments = await pagesOf(limit, async (page) => {
      const answer = await client.listDeployments({ namespace, ...page });
      return { items: answer.deployments, nextPageToken: answer.nextPageToken };
    });
    output.document({ deployments: deployments.map((deployment) => plainJson(DeploymentSchema, deployment)) });
    if (deployments.length === 0) {
      output.note('no deployments; `skein deployments apply -f FILE` adds one');
      return;
    }
    const rows = deployments.map((each) => [
      each.deploymentId,
      agentText(each),
      readyText(each),
      phaseText(each),
      clip(each.status?.detail ?? '', 60),
    ]);
    for (const line of table(['DEPLOYMENT', 'AGENT', 'READY', 'PHASE', 'DETAIL'], rows)) output.line(line);
  });
};

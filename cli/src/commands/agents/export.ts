import { AgentSchema, type Deployment } from '@skein/contracts/registry';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { exportOf, exportText } from '../../agent/agent-export.ts';
import { connect, type Api } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { writeWhole } from '../../package/package-files.ts';

interface Options {
  /** Not `output`: that is how results are printed. */
  readonly to?: string;
}

const MAX_DEPLOYMENTS = 100_000;

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<agent>', 'id of the agent')
    .option('--to <file>', 'write there instead of to standard output')
    .addHelpText('after', '\nInstances with a lease, workers and functions are left out; secrets are named, not told.');
  invocation.handle(command, async (session, agentId: string, { to }: Options) => {
    const { host, output } = session;
    const api = await connect(session);
    const deployments = await deploymentsOf(api, agentId);
    const exported = exportOf(await agentOf(api, agentId, deployments), deployments);
    const text = exportText(agentId, exported);
    if (to === undefined) {
      host.stdout.write(text);
      return;
    }
    await writeWhole(to, text);
    const [versions, count] = [exported.registrations.length, exported.deployments.length];
    output.note(`${versions} version(s) and ${count} deployment(s) of agent ${agentId} are in ${to}`);
    output.document({ agent_id: agentId, file: to, versions, deployments: count });
  });
};

async function deploymentsOf({ deployments: client, namespace }: Api, agentId: string): Promise<Deployment[]> {
  const all = await pagesOf(MAX_DEPLOYMENTS, async (page) => {
    const answer = await client.listDeployments({ namespace, ...page });
    return { items: answer.deployments, nextPageToken: answer.nextPageToken };
  });
  return all.filter(({ template }) => template?.agentId === agentId);
}

/** A deployment may be of an agent of which no instance is ready. */
async function agentOf({ agents, namespace }: Api, agentId: string, deployments: readonly Deployment[]) {
  const none = create(AgentSchema, { agentId });
  try {
    return (await agents.getAgent({ namespace, agentId })).agent ?? none;
  } catch (error) {
    if (deployments.length > 0 && error instanceof ConnectError && error.code === Code.NotFound) return none;
    throw error;
  }
}

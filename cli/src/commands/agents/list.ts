import { AgentSchema, InstanceHealth } from '@skein/contracts/registry';
import { Option } from 'commander';
import { agentHealth, HEALTHS, protocolWord } from '../../agent/agent-view.ts';
import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { collect, wholeNumber } from '../../input/option-values.ts';
import { paintState } from '../../output/palette.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { clip } from '../../output/value-text.ts';

interface Options {
  readonly capability?: readonly string[];
  readonly type?: string;
  readonly health?: keyof typeof HEALTHS;
  readonly limit: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .option('-c, --capability <word>', 'only agents that can do this; may be repeated', collect)
    .option('--type <word>', 'only agents of this role')
    .addOption(new Option('--health <word>', 'only agents with such an instance').choices(Object.keys(HEALTHS)))
    .option('--limit <count>', 'at most this many', wholeNumber(1, 100_000), 1000);
  invocation.handle(command, async (session, options: Options) => {
    const { output } = session;
    const { agents: client, namespace } = await connect(session);
    const filter = {
      namespace,
      capabilities: [...(options.capability ?? [])],
      agentType: options.type ?? '',
      health: options.health === undefined ? InstanceHealth.UNSPECIFIED : HEALTHS[options.health],
    };
    const agents = await pagesOf(options.limit, async (page) => {
      const answer = await client.listAgents({ ...filter, ...page });
      return { items: answer.agents, nextPageToken: answer.nextPageToken };
    });
    output.document({ agents: agents.map((agent) => plainJson(AgentSchema, agent)) });
    if (agents.length === 0) {
      output.note('no agents; `skein agents register ID --endpoint ADDRESS` adds one');
      return;
    }
    const rows = agents.map((agent) => [
      agent.agentId,
      agent.versions.length > 1 ? `${agent.version} (+${agent.versions.length - 1})` : agent.version,
      protocolWord(agent.protocol),
      paintState(agentHealth(agent), output.paint),
      clip(agent.instances.map(({ endpoint }) => endpoint).join(' '), 80),
      clip(agent.capabilities.join(', '), 60),
    ]);
    for (const line of table(['AGENT', 'VERSION', 'PROTOCOL', 'HEALTH', 'ENDPOINTS', 'CAPABILITIES'], rows)) {
      output.line(line);
    }
  });
};

import { DiscoverAgentsResponseSchema, InstanceHealth } from '@skein/contracts/registry';
import { Option } from 'commander';
import { HEALTHS, instanceState } from '../../agent/agent-view.ts';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { collect, collectPair, wholeNumber } from '../../input/option-values.ts';
import { paintState } from '../../output/palette.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { clip } from '../../output/value-text.ts';

interface Options {
  readonly agent?: string;
  readonly capability?: readonly string[];
  readonly type?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly version?: string;
  readonly minHealth?: keyof typeof HEALTHS;
  readonly limit: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .option('-a, --agent <id>', 'only this agent')
    .option('-c, --capability <word>', 'what it can do; may be repeated, all must hold', collect)
    .option('--type <word>', 'its role, such as processor')
    .option('-l, --label <key=value>', 'a label it has; may be repeated, all must hold', collectPair)
    .option('--version <range>', 'a range of versions, such as ^1.2')
    .addOption(
      new Option(
        '--min-health <word>',
        'least health of an instance; unhealthy: all, also versions without any',
      ).choices(Object.keys(HEALTHS)),
    )
    .option('--limit <count>', 'at most this many versions', wholeNumber(1, 1000), 100);
  invocation.handle(command, async (session, options: Options) => {
    const { output } = session;
    const { agents, namespace } = await connect(session);
    const answer = await agents.discoverAgents({
      namespace,
      agentId: options.agent ?? '',
      agentType: options.type ?? '',
      capabilities: [...(options.capability ?? [])],
      labels: { ...options.label },
      version: options.version ?? '',
      minHealth: options.minHealth === undefined ? InstanceHealth.UNSPECIFIED : HEALTHS[options.minHealth],
      pageSize: options.limit,
    });
    output.document(plainJson(DiscoverAgentsResponseSchema, answer));
    if (answer.agents.length === 0) {
      output.note(
        'nothing fits; `skein agents list` shows all agents, --min-health unhealthy those that do not answer',
      );
      return;
    }
    const rows = answer.agents.flatMap(({ agentId, version, instances }) => {
      const what = [agentId, version?.version ?? '', clip(version?.capabilities.join(', ') ?? '', 40)];
      if (instances.length === 0) return [[...what, '', '']];
      return instances.map((instance) => [
        ...what,
        instance.endpoint,
        paintState(instanceState(instance), output.paint),
      ]);
    });
    for (const line of table(['AGENT', 'VERSION', 'CAPABILITIES', 'ENDPOINT', 'STATE'], rows)) output.line(line);
  });
};

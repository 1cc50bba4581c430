import { durationMs } from '@bufbuild/protobuf/wkt';
import { AgentSchema, type Agent } from '@skein/contracts/registry';
import { instanceState, protocolWord, strategyWord } from '../../agent/agent-view.ts';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import type { Output } from '../../output/output.ts';
import { paintState } from '../../output/palette.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { ageText } from '../../output/time.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<agent>', 'id of the agent');
  invocation.handle(command, async (session, agentId: string) => {
    const { output } = session;
    const { agents, namespace } = await connect(session);
    const { agent } = await agents.getAgent({ namespace, agentId });
    if (!agent) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the agent' });
    output.document(plainJson(AgentSchema, agent));
    showAgent(agent, output);
  });
};

function showAgent(agent: Agent, output: Output): void {
  const facts: [string, string][] = [
    ['agent', agent.agentId],
    ['name', agent.name],
    ['description', agent.description],
    ['version', agent.version],
    ['type', agent.agentType],
    ['protocol', protocolWord(agent.protocol)],
    ['can do', agent.capabilities.join(', ')],
    [
      'labels',
      Object.entries(agent.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
    ],
    ['config', agent.config === undefined ? '' : JSON.stringify(agent.config)],
    ['versions', agent.versions.length > 1 ? agent.versions.map(({ version }) => version).join(' ') : ''],
    ['routing', routingText(agent)],
    ['credentials', credentialsText(agent)],
  ];
  for (const [name, value] of facts) if (value !== '') output.line(`${name.padEnd(12)} ${value}`);
  output.line();
  const nowMs = Date.now();
  const rows = agent.instances.map((instance) => {
    const { instanceId, endpoint, version, healthDetail, lastHealthyAt, drainReason, load } = instance;
    return [
      instanceId,
      endpoint,
      version,
      paintState(instanceState(instance), output.paint),
      load === undefined
        ? ''
        : `${load.inFlight} call(s)${load.load === undefined ? '' : `, ${Math.round(load.load * 100)} %`}`,
      lastHealthyAt ? `${ageText(lastHealthyAt, nowMs)} ago` : 'never',
      drainReason || healthDetail,
    ];
  });
  const header = ['INSTANCE', 'ENDPOINT', 'VERSION', 'STATE', 'LOAD', 'LAST HEALTHY', 'DETAIL'];
  for (const line of table(header, rows)) output.line(line);
}

/** The name of the secret, and where it goes. */
function credentialsText({ credentials }: Agent): string {
  if (credentials === undefined) return '';
  const { secret, header } = credentials;
  return `secret ${secret} ${header === '' ? 'as a bearer token' : `in ${header}`}`;
}

/** What differs from the defaults. */
function routingText({ routing }: Agent): string {
  if (routing === undefined) return '';
  const { strategy, sessionAffinity, fallbackAgentIds, limit } = routing;
  const fallback = fallbackAgentIds.length === 0 ? '' : `, else ${fallbackAgentIds.join(', ')}`;
  const calls = limit === undefined || limit.maxConcurrency === 0 ? '' : `, at most ${limit.maxConcurrency} call(s)`;
  const rate = limit?.ratePer === undefined ? '' : `, ${limit.rateLimit} every ${durationMs(limit.ratePer)} ms`;
  return `${strategyWord(strategy)}${sessionAffinity ? ', sticky by session' : ''}${fallback}${calls}${rate}`;
}

import { RegisterAgentResponseSchema } from '@skein/contracts/registry';
import { Option } from 'commander';
import { agentHealth, PROTOCOLS, protocolWord } from '../../agent/agent-view.ts';
import { connect } from '../../api/api.ts';
import { durationOfMs } from '../../api/wire-values.ts';
import type { CommandModule } from '../../command.ts';
import { JSON_FORMS, readJsonObject } from '../../input/json-input.ts';
import { collect, collectPair, parseSpanMs } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';

interface Options {
  readonly endpoint: readonly string[];
  readonly protocol: string;
  readonly version?: string;
  readonly name?: string;
  readonly description?: string;
  readonly type?: string;
  readonly capability?: readonly string[];
  readonly label?: Readonly<Record<string, string>>;
  readonly config?: string;
  readonly timeout?: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<agent>', 'id of the agent')
    .requiredOption('-e, --endpoint <address>', 'host:port or base URL of an instance; may be repeated', collect)
    .addOption(new Option('-p, --protocol <name>', 'how it is called').choices(Object.keys(PROTOCOLS)).default('auto'))
    .option('--version <semver>', 'version of the agent; default: what its card says')
    .option('--name <text>', 'name for people')
    .option('--description <text>', 'what it is good at')
    .option('--type <word>', 'its role, such as processor')
    .option('-c, --capability <word>', 'what it can do; may be repeated', collect)
    .option('-l, --label <key=value>', 'label to find it by; may be repeated', collectPair)
    .option('--config <json>', `settings sent with every call: ${JSON_FORMS}`)
    .option('--timeout <span>', 'longest time for one call (30s, 5m)', parseSpanMs);
  invocation.handle(command, async (session, agentId: string, options: Options) => {
    const { output, host } = session;
    const config =
      options.config === undefined ? {} : { config: await readJsonObject(options.config, '--config', host) };
    const { agents, namespace } = await connect(session);
    const answer = await agents.registerAgent({
      namespace,
      agentId,
      endpoints: [...options.endpoint],
      protocol: PROTOCOLS[options.protocol] ?? 0,
      version: options.version ?? '',
      name: options.name ?? '',
      description: options.description ?? '',
      agentType: options.type ?? '',
      capabilities: [...(options.capability ?? [])],
      labels: { ...options.label },
      ...config,
      ...(options.timeout === undefined ? {} : { timeout: durationOfMs(options.timeout) }),
    });
    output.document(plainJson(RegisterAgentResponseSchema, answer));
    if (!answer.agent) return;
    const { version, protocol, instances } = answer.agent;
    const what = `${answer.created ? 'registered' : 'changed'}: version ${version}, ${protocolWord(protocol)}`;
    output.line(`${agentId} ${what}, ${instances.length} instance(s), ${agentHealth(answer.agent)}`);
  });
};

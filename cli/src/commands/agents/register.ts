import { RegisterAgentResponseSchema } from '@skein/contracts/registry';
import { Option, type Command } from 'commander';
import { agentHealth, PROTOCOLS, protocolWord, STRATEGIES } from '../../agent/agent-view.ts';
import { connect } from '../../api/api.ts';
import { durationOfMs } from '../../api/wire-values.ts';
import type { CommandModule } from '../../command.ts';
import { JSON_FORMS, readJsonObject } from '../../input/json-input.ts';
import { collect, collectPair, parseSpanMs, wholeNumber } from '../../input/option-values.ts';
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
  readonly lease?: number;
  readonly probe?: boolean;
  readonly strategy?: string;
  readonly sticky?: boolean;
  readonly fallback?: readonly string[];
  readonly maxCalls?: number;
  readonly rate?: number;
  readonly per?: number;
  readonly replaceVersions?: boolean;
  readonly allowDowngrade?: boolean;
  readonly createOnly?: boolean;
  readonly secret?: string;
  readonly secretHeader?: string;
}

const MAX_LIMIT = 10_000;

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
    .option('--timeout <span>', 'longest time for one call (30s, 5m)', parseSpanMs)
    .option('--lease <span>', 'forget these instances when nothing was heard of them for so long (30s)', parseSpanMs)
    .option('--no-probe', 'do not probe; only what instances report of themselves counts')
    .addOption(new Option('--strategy <name>', 'how calls are spread').choices(Object.keys(STRATEGIES)))
    .option('--sticky', 'calls of one session go to one instance')
    .option('--fallback <agent>', 'agent to call where no instance can be reached; may be repeated, in order', collect)
    .option('--max-calls <count>', 'most calls under way at a time, over all executors', wholeNumber(1, MAX_LIMIT))
    .option('--rate <count>', 'most calls that begin per --per', wholeNumber(1, MAX_LIMIT))
    .option('--per <span>', 'the time of --rate (1s, 5m)', parseSpanMs)
    .option('--replace-versions', 'forget all other versions')
    .option('--allow-downgrade', 'an endpoint may go back to an older version')
    .option('--create-only', 'fail where the agent is known already')
    .option('--secret <name>', 'secret of the executors that calls carry as a bearer token')
    .option('--secret-header <name>', 'header that carries the secret as it is, instead');
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
      ...(options.lease === undefined ? {} : { leaseTtl: durationOfMs(options.lease) }),
      ...(options.probe === false ? { probe: { disabled: true } } : {}),
      ...routingOf(options),
      replaceVersions: options.replaceVersions ?? false,
      allowDowngrade: options.allowDowngrade ?? false,
      createOnly: options.createOnly ?? false,
      ...credentialsOf(options, command),
    });
    output.document(plainJson(RegisterAgentResponseSchema, answer));
    if (!answer.agent) return;
    const { version, versions, protocol, instances } = answer.agent;
    const what = `${answer.created ? 'registered' : 'changed'}: version ${version}, ${protocolWord(protocol)}`;
    const others = versions.length > 1 ? ` and ${versions.length - 1} older` : '';
    output.line(`${agentId} ${what}${others}, ${instances.length} instance(s), ${agentHealth(answer.agent)}`);
    const [instanceId] = answer.instanceIds;
    if (options.lease !== undefined && instanceId !== undefined) {
      output.note(`instance ${answer.instanceIds.join(' ')}: heartbeats are due every ${options.lease / 3000} s`);
    }
  });
};

function credentialsOf({ secret, secretHeader }: Options, command: Command) {
  if (secret === undefined && secretHeader !== undefined) {
    command.error('error: --secret-header says where the secret goes: give --secret too');
  }
  return secret === undefined ? {} : { credentials: { secret, header: secretHeader?.toLowerCase() ?? '' } };
}

/** Absent where nothing is said: the agent's policy stays as it was. */
function routingOf({ strategy, sticky, fallback, maxCalls, rate, per }: Options) {
  if ([strategy, sticky, fallback, maxCalls, rate, per].every((value) => value === undefined)) return {};
  const isLimited = maxCalls !== undefined || rate !== undefined || per !== undefined;
  const ratePer = per === undefined ? {} : { ratePer: durationOfMs(per) };
  return {
    routing: {
      strategy: STRATEGIES[strategy ?? ''] ?? 0,
      sessionAffinity: sticky ?? false,
      fallbackAgentIds: [...(fallback ?? [])],
      ...(isLimited ? { limit: { maxConcurrency: maxCalls ?? 0, rateLimit: rate ?? 0, ...ratePer } } : {}),
    },
  };
}

import { NamespaceSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { durationOfMs } from '../../api/wire-values.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { collectPair, parseSpanMs } from '../../input/option-values.ts';
import { namespaceLine } from '../../namespace/namespace-view.ts';
import { plainJson } from '../../output/plain-json.ts';

interface Options {
  readonly runRetention?: number;
  readonly keepRunsForever?: boolean;
  readonly defaultRunRetention?: boolean;
  readonly description?: string;
  readonly label?: Readonly<Record<string, string>>;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<name>', 'the namespace')
    .option('--run-retention <span>', 'how long ended runs are kept after their end (12h, 30d)', parseSpanMs)
    .option('--keep-runs-forever', 'ended runs are never deleted because of their age')
    .option('--default-run-retention', 'ended runs are kept as the platform is configured')
    .option('--description <text>', 'what it is for')
    .option('-l, --label <key=value>', 'labels, which replace those it has; may be repeated', collectPair);
  invocation.handle(command, async (session, name: string, options: Options) => {
    const { namespaces } = await connect(session);
    const { namespace } = await namespaces.updateNamespace(changeOf(name, options));
    if (!namespace) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the namespace' });
    session.output.document(plainJson(NamespaceSchema, namespace));
    session.output.line(namespaceLine(namespace));
  });
};

function changeOf(name: string, options: Options) {
  const { runRetention, keepRunsForever = false, defaultRunRetention = false, description, label } = options;
  const rules = [runRetention !== undefined, keepRunsForever, defaultRunRetention].filter(Boolean).length;
  if (rules > 1) throw usage('give one of --run-retention, --keep-runs-forever and --default-run-retention');
  const paths = [
    ...(runRetention !== undefined || defaultRunRetention ? ['run_retention'] : []),
    ...(keepRunsForever ? ['keep_runs_forever'] : []),
    ...(description === undefined ? [] : ['description']),
    ...(label === undefined ? [] : ['labels']),
  ];
  if (paths.length === 0) throw usage('say what is to be changed');
  return {
    namespace: {
      name,
      keepRunsForever,
      ...(runRetention === undefined ? {} : { runRetention: durationOfMs(runRetention) }),
      ...(description === undefined ? {} : { description }),
      ...(label === undefined ? {} : { labels: { ...label } }),
    },
    updateMask: { paths },
  };
}

function usage(message: string): CliError {
  const remedy = '`skein namespaces update --help` shows the options';
  return new CliError({ reason: 'USAGE', message, remedy, exitCode: EXIT.usage });
}

import { once } from 'node:events';
import type { EmbeddedPlatform } from '@skein/embedded';
import type { CommandModule } from '../command.ts';
import { wholeNumber } from '../input/option-values.ts';
import { chooseApiPort } from '../platform/api-port.ts';
import { startEmbeddedPlatform } from '../platform/embedded.ts';
import type { Session } from '../session.ts';

interface Options {
  readonly port?: number;
  readonly examples?: boolean;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .option('--port <number>', 'port of the API (HTTP_PORT; default: 8080, or a free one)', wholeNumber(0, 65_535))
    .option('--examples', 'start the example agents of examples/agents too, and register them');
  invocation.handle(command, async (session, options: Options) => {
    const { host, settings, output } = session;
    const httpPort = await chooseApiPort(settings, options.port);
    const platform = await startEmbeddedPlatform(session, { httpPort, warn: true });
    const { apiUrl, logPath } = platform;
    if (platform.elsewhere) {
      output.document({ api_url: apiUrl, pid: platform.pid, data_dir: settings.dataDir, already_running: true });
      output.line(`Skein runs already, as process ${platform.pid}, at ${apiUrl}`);
      return;
    }
    await using _running = await (options.examples ? addExamples(session, platform) : platform);
    output.document({ api_url: apiUrl, pid: process.pid, data_dir: settings.dataDir, log: logPath });
    for (const line of welcome(session, apiUrl, logPath, options)) output.line(line);
    if (!host.interrupted.aborted) await once(host.interrupted, 'abort');
    output.note('stopping; the data is kept');
  });
};

async function addExamples(session: Session, platform: EmbeddedPlatform): Promise<AsyncDisposable> {
  const [{ withExamples }, { createApi }] = await Promise.all([
    import('../demo/with-examples.ts'),
    import('../api/api.ts'),
  ]);
  const api = createApi(platform.apiUrl, session.settings.namespace);
  const stop = async (): Promise<void> => platform[Symbol.asyncDispose]();
  return withExamples(session, Promise.resolve({ api, startedHere: true, [Symbol.asyncDispose]: stop }));
}

function welcome({ settings, output }: Session, apiUrl: string, logPath: string, { examples }: Options): string[] {
  const run = examples
    ? `./bin/skein run examples/customer-support/workflow.yaml --input '{"text":"I was charged twice"}'`
    : './bin/skein demo';
  const { strong, faint } = output.paint;
  return [
    `${strong('Skein runs')} at ${strong(apiUrl)}`,
    `  data  ${settings.dataDir}`,
    `  log   ${logPath}`,
    '',
    'In another terminal:',
    `  ${run}`,
    '  ./bin/skein runs list',
    '  ./bin/skein agents list',
    '  ./bin/skein doctor',
    '',
    faint('Ctrl-C stops it; the data is kept.'),
  ];
}

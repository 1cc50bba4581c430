/**
 * A real platform for a test file: started through the command line, on free ports, with its data in a folder of its own.
 *
 * I1. After disposal no process, port or file of it is left.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, temporaryDirectory, type SpawnedProcess } from '@skein/testkit';
import { createClients, type Clients } from './clients.ts';
import { startModelUpstream, type ModelUpstream } from './model-upstream.ts';
import { cleanEnvironment, skein, startSkein, type CommandResult } from './skein.ts';

export type Mode = 'embedded' | 'distributed';

export interface TestPlatform extends AsyncDisposable {
  readonly mode: Mode;
  readonly apiUrl: string;
  readonly dataDir: string;
  readonly clients: Clients;
  /** The server behind the model `openai/scripted`. */
  readonly models: ModelUpstream;
  /** Runs a command against this platform. */
  readonly skein: (...args: string[]) => Promise<CommandResult>;
}

/** A platform in the foreground of a process, which can be killed. */
export interface EmbeddedUnderTest extends AsyncDisposable {
  readonly apiUrl: string;
  readonly process: SpawnedProcess;
}

const PORT_VARIABLES = [
  'HTTP_PORT',
  'SKEIN_NATS_PORT',
  'SKEIN_POSTGRES_PORT',
  ...['REGISTRY', 'SCHEDULER', 'EXECUTOR', 'LLM_PROXY', 'EVENT_LOG'].flatMap((name) => [
    `SKEIN_${name}_PORT`,
    `SKEIN_${name}_ADMIN_PORT`,
  ]),
  'SKEIN_GATEWAY_ADMIN_PORT',
];

/** Starts a platform of the given mode and waits until it is ready; `settings` are environment of its processes. */
export async function startPlatform(mode: Mode, settings: NodeJS.ProcessEnv = {}): Promise<TestPlatform> {
  await using started = new AsyncDisposableStack();
  const { path: dataDir } = started.use(await temporaryDirectory('e2e'));
  const models = started.use(await startModelUpstream());
  const environment = { ...models.environment, ...settings };
  const apiUrl =
    mode === 'embedded'
      ? started.use(await startDev(dataDir, environment)).apiUrl
      : await startDistributed(dataDir, environment, started);
  const env = cleanEnvironment({ SKEIN_DATA_DIR: dataDir });
  const kept = started.move();
  return {
    mode,
    apiUrl,
    dataDir,
    clients: createClients(apiUrl),
    models,
    skein: (...args) => skein(args, { env }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** `skein dev` on a free port. */
export async function startDev(dataDir: string, more: NodeJS.ProcessEnv = {}): Promise<EmbeddedUnderTest> {
  const ready = /Skein runs at (\S+)/;
  const env = cleanEnvironment({ SKEIN_DATA_DIR: dataDir, ...more });
  const process = await startSkein(['dev', '--port', '0'], { env, ready, readyTimeoutMs: 60_000, graceMs: 20_000 });
  const [, apiUrl = ''] = await process.waitFor(ready);
  return { apiUrl, process, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
}

async function startDistributed(
  dataDir: string,
  more: NodeJS.ProcessEnv,
  started: AsyncDisposableStack,
): Promise<string> {
  // Chosen here and not by `up`: test files start at the same time and would choose the same ones.
  const ports = await Promise.all(PORT_VARIABLES.map(async (name) => [name, String(await freePort())] as const));
  const env = cleanEnvironment({ SKEIN_DATA_DIR: dataDir, ...Object.fromEntries(ports), ...more });
  started.defer(async () => void (await skein(['down', '--purge'], { env })));
  const { code, stderr } = await skein(['up'], { env });
  if (code !== 0) throw new Error(`the platform did not come up:\n${stderr}`);
  const note = await readFile(join(dataDir, 'distributed/platform.json'), 'utf8');
  return (JSON.parse(note) as { api_url: string }).api_url;
}

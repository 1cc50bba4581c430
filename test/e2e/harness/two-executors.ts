/**
 * A distributed platform with a second executor, and a gateway that leads workers to both.
 *
 * T1. After disposal no process of it is left, whoever was killed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, spawnProcess } from '@skein/testkit';
import { startPlatform, type TestPlatform } from './platform.ts';
import { cleanEnvironment, ROOT } from './skein.ts';

/** One executor. */
export interface Executor {
  /** `host:port`, as its workers' sessions and their registrations name it. */
  readonly address: string;
  kill(signal: NodeJS.Signals): void;
}

/** The platform; `apiUrl` is that of the gateway with both. */
export interface TwoExecutors extends AsyncDisposable {
  readonly platform: TestPlatform;
  readonly apiUrl: string;
  readonly executors: readonly Executor[];
}

interface Note {
  readonly services: Readonly<
    Record<string, { readonly pid: number; readonly ports: Readonly<Record<string, number>> }>
  >;
}

/** `settings`: environment of every process. */
export async function startTwoExecutors(settings: NodeJS.ProcessEnv): Promise<TwoExecutors> {
  await using started = new AsyncDisposableStack();
  const platform = started.use(await startPlatform('distributed', settings));
  const { services } = JSON.parse(await readFile(join(platform.dataDir, 'distributed/platform.json'), 'utf8')) as Note;
  const addressOf = (name: string, use = 'rpc'): string => `127.0.0.1:${services[name]?.ports[use] ?? 0}`;
  const [executorPort, executorAdminPort, httpPort, gatewayAdminPort] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const first = addressOf('executor');
  const second = `127.0.0.1:${executorPort}`;
  const env = cleanEnvironment({
    ...settings,
    SKEIN_NATS_URL: `nats://${addressOf('nats', 'bus')}`,
    SKEIN_REGISTRY_ADDRESS: addressOf('registry'),
    SKEIN_SCHEDULER_ADDRESSES: addressOf('scheduler'),
    SKEIN_LLM_PROXY_ADDRESS: addressOf('llm-proxy'),
    SKEIN_EVENT_LOG_ADDRESS: addressOf('event-log'),
    SKEIN_EXECUTOR_ADDRESSES: `${first},${second}`,
    SKEIN_EXECUTOR_PORT: String(executorPort),
    SKEIN_EXECUTOR_ADMIN_PORT: String(executorAdminPort),
    HTTP_PORT: String(httpPort),
    SKEIN_GATEWAY_ADMIN_PORT: String(gatewayAdminPort),
  });
  const start = (service: string) =>
    spawnProcess(process.execPath, {
      args: [join(ROOT, 'services', service, 'src/main.ts')],
      env,
      cwd: ROOT,
      ready: new RegExp(`"${service} started"`),
    });
  const executor = started.use(await start('executor'));
  started.use(await start('gateway'));
  const pid = services['executor']?.pid ?? 0;
  const kept = started.move();
  return {
    platform,
    apiUrl: `http://127.0.0.1:${httpPort}`,
    executors: [
      { address: first, kill: (signal) => void process.kill(pid, signal) },
      { address: second, kill: (signal) => void executor.kill(signal) },
    ],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/**
 * A Docker Engine of a test's own: its own containerd, data, sockets and bridge, so that an Engine of the machine goes on
 * untouched. The machine's firewall is left alone: ports are published by the Engine's proxy.
 *
 * T1. After disposal no process, mount, bridge or file of it is left.
 */
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, spawnProcess, temporaryDirectory, type SpawnedProcess } from '@skein/testkit';
import { importAgentImage } from './agent-image.ts';

const run = promisify(execFile);

/** The image that every test engine has. */
export const IMAGE = 'skein-test/agent:1';
const READY_TIMEOUT_MS = 60_000;

/** How an Engine is started. */
export interface TestEngineOptions {
  /** Containers go on while the Engine is away. Default: true. */
  readonly liveRestore?: boolean;
}

export class TestEngine implements AsyncDisposable {
  readonly #directory: string;
  readonly #bridge: string;
  readonly #liveRestore: boolean;
  readonly #stack: AsyncDisposableStack;
  #engine: SpawnedProcess | undefined;

  private constructor(directory: string, bridge: string, liveRestore: boolean, stack: AsyncDisposableStack) {
    this.#directory = directory;
    this.#bridge = bridge;
    this.#liveRestore = liveRestore;
    this.#stack = stack;
  }

  /** Starts an Engine that has `IMAGE`. @throws Error that says what the machine lacks. */
  static async start({ liveRestore = true }: TestEngineOptions = {}): Promise<TestEngine> {
    await checkMachine();
    await using cleanup = new AsyncDisposableStack();
    const { path } = cleanup.use(await temporaryDirectory('engine'));
    const bridge = `skn${process.pid % 100_000}${liveRestore ? 'l' : 'r'}`;
    await addBridge(bridge, liveRestore ? '10.211.201.1/24' : '10.211.202.1/24');
    cleanup.defer(async () => void (await run('ip', ['link', 'delete', bridge])));
    cleanup.defer(() => unmountBelow(path));
    cleanup.use(await startContainerd(path));
    const engine = new TestEngine(path, bridge, liveRestore, cleanup.move());
    try {
      await engine.open();
      await engine.makeImage(IMAGE, join(import.meta.dirname, 'agent.mjs'));
      return engine;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  }

  get socketPath(): string {
    return join(this.#directory, 'docker.sock');
  }

  /** What the command line of the Engine answers. */
  async docker(...args: string[]): Promise<string> {
    const { stdout } = await run('docker', ['-H', `unix://${this.socketPath}`, ...args]);
    return stdout.trim();
  }

  /** Makes an image that runs a script of Node. */
  makeImage(name: string, script: string): Promise<void> {
    return importAgentImage(name, script, this.socketPath, this.#directory);
  }

  /** Ids of all containers, whether they run or not. */
  async containers(): Promise<readonly string[]> {
    const text = await this.docker('ps', '--all', '--quiet', '--no-trunc');
    return text === '' ? [] : text.split('\n');
  }

  /** Starts the daemon; resolves when it answers. */
  async open(): Promise<void> {
    const path = this.#directory;
    await rm(join(path, 'docker.pid'), { force: true });
    this.#engine = await spawnProcess('dockerd', {
      args: [
        ...(this.#liveRestore ? ['--live-restore'] : []),
        `--containerd=${join(path, 'containerd.sock')}`,
        `--data-root=${join(path, 'data')}`,
        `--exec-root=${join(path, 'exec')}`,
        `--pidfile=${join(path, 'docker.pid')}`,
        `--host=unix://${this.socketPath}`,
        `--bridge=${this.#bridge}`,
        '--iptables=false',
        '--ip6tables=false',
        '--shutdown-timeout=5',
      ],
      graceMs: 20_000,
    });
    await eventually(
      () =>
        this.docker('version').then(
          () => true,
          () => false,
        ),
      {
        describe: 'the Engine to answer',
        timeoutMs: READY_TIMEOUT_MS,
      },
    );
  }

  /** Ends the daemon: in good order, or as a crash does. */
  async close(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#engine?.kill(signal);
    await this.#engine?.exited;
    this.#engine = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#engine === undefined) await this.open().catch(() => {});
    const left = await this.containers().catch(() => []);
    if (left.length > 0) await this.docker('rm', '--force', ...left).catch(() => {});
    await this.close('SIGTERM');
    await this.#stack.disposeAsync();
  }
}

async function checkMachine(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error('a Docker Engine of its own needs root: run npm run test:privileged as root');
  for (const program of ['dockerd', 'containerd', 'docker', 'ip', 'ldd', 'tar']) {
    await run('sh', ['-c', `command -v ${program}`]).catch(() => {
      throw new Error(`${program} is not installed: apt-get install docker.io iproute2, without starting the service`);
    });
  }
}

async function addBridge(name: string, address: string): Promise<void> {
  await run('ip', ['link', 'add', name, 'type', 'bridge']);
  await run('ip', ['address', 'add', address, 'dev', name]);
  await run('ip', ['link', 'set', name, 'up']);
}

/** Of its own: as the Engine's child it would end with it, and the containers too. */
async function startContainerd(path: string): Promise<SpawnedProcess> {
  const socket = join(path, 'containerd.sock');
  const config = join(path, 'containerd.toml');
  await mkdir(join(path, 'state'), { recursive: true });
  await writeFile(
    config,
    `version = 2
root = "${join(path, 'containerd')}"
state = "${join(path, 'state')}"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "${socket}"
`,
  );
  return spawnProcess('containerd', {
    args: ['--config', config],
    ready: /containerd successfully booted/,
    graceMs: 10_000,
  });
}

/** Namespaces and layers that a daemon has left mounted. */
async function unmountBelow(path: string): Promise<void> {
  const { stdout } = await run('sh', ['-c', `grep -F '${path}/' /proc/mounts | cut -d' ' -f2 | sort -r`]).catch(() => ({
    stdout: '',
  }));
  for (const mount of stdout.split('\n').filter((line) => line !== ''))
    await run('umount', ['--lazy', mount]).catch(() => {});
}

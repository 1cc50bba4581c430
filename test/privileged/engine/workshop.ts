/** What tests of containers do over and over: a platform whose executor has an Engine, and one deployment on it. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, temporaryDirectory } from '@skein/testkit';
import { startPlatform, type Mode, type TestPlatform } from '../../e2e/harness/platform.ts';
import { IMAGE, type TestEngine } from './test-engine.ts';

/** What an instance says of itself. */
export interface Said {
  readonly version: string;
  readonly assignment: string;
  readonly pid: number;
  readonly user: number;
  readonly root: boolean;
  readonly tmp: boolean;
  readonly isSecret: boolean;
}

/** One instance, as `deployments get` shows it. */
export interface ShownInstance {
  readonly assignment_id: string;
  readonly state?: string;
  readonly container_id?: string;
  readonly endpoint?: string;
  readonly restarts?: number;
  readonly failure?: string;
  readonly notice?: string;
}

interface ShownDeployment {
  readonly status: {
    readonly phase: string;
    readonly detail?: string;
    readonly assignments?: readonly ShownInstance[];
  };
}

/** A deployment file; `template` is put over what is usual. */
export interface Order {
  readonly id?: string;
  readonly replicas?: number;
  readonly mode?: string;
  readonly version?: string;
  readonly container?: object;
  readonly template?: object;
  readonly rollout?: object;
}

export class Workshop implements AsyncDisposable {
  readonly platform: TestPlatform;
  /** What its processes were told besides. */
  readonly settings: NodeJS.ProcessEnv;
  readonly #directory: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    platform: TestPlatform,
    settings: NodeJS.ProcessEnv,
    directory: string,
    stack: AsyncDisposableStack,
  ) {
    this.platform = platform;
    this.settings = settings;
    this.#directory = directory;
    this.#stack = stack;
  }

  static async open(mode: Mode, engine: TestEngine | undefined, settings: NodeJS.ProcessEnv = {}): Promise<Workshop> {
    await using cleanup = new AsyncDisposableStack();
    const { path } = cleanup.use(await temporaryDirectory('workshop'));
    await writeFile(join(path, 'key'), 'hunter2-and-more\n');
    const environment = {
      SKEIN_EXECUTOR_RUNTIMES: 'container',
      ...(engine === undefined ? {} : { SKEIN_EXECUTOR_DOCKER_SOCKET: engine.socketPath }),
      SKEIN_EXECUTOR_SECRETS_DIR: path,
      ...settings,
    };
    const platform = cleanup.use(await startPlatform(mode, environment));
    return new Workshop(platform, environment, path, cleanup.move());
  }

  /** Applies a deployment and waits until it is ready, unless `wait` is empty. */
  async apply(order: Order = {}, wait = '60s'): Promise<void> {
    const { id = 'd', replicas = 1, mode = '', version = '1.0.0', container = {}, template = {}, rollout } = order;
    const file = join(this.#directory, `${id}.yaml`);
    const deployment = {
      deployment_id: id,
      replicas,
      template: {
        agent_id: id,
        version,
        protocol: 'http_process',
        container: { image: IMAGE, pull: 'never', ...container },
        env: { MODE: mode },
        secret_env: { SECRET: 'key' },
        health: { interval: '200ms' },
        restart: { initial_backoff: '100ms', max_backoff: '500ms' },
        stop_timeout: '2s',
        ...template,
      },
      ...(rollout === undefined ? {} : { rollout }),
    };
    // JSON is YAML.
    await writeFile(file, JSON.stringify(deployment));
    const { code, stderr } = await this.platform.skein(
      'deployments',
      'apply',
      '-f',
      file,
      ...(wait === '' ? [] : ['--wait', wait]),
    );
    assert.equal(code, 0, stderr);
  }

  async call(id = 'd'): Promise<Said> {
    const { code, stdout, stderr } = await this.platform.skein('agents', 'invoke', id, '--input', '{}');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Said;
  }

  async get(id = 'd'): Promise<ShownDeployment> {
    const { code, stdout, stderr } = await this.platform.skein('deployments', 'get', id, '-o', 'json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as ShownDeployment;
  }

  async instances(id = 'd'): Promise<readonly ShownInstance[]> {
    return (await this.get(id)).status.assignments ?? [];
  }

  /** Resolves once all instances that are wanted are ready. */
  ready(id = 'd'): Promise<unknown> {
    return eventually(async () => (await this.get(id)).status.phase === 'READY', {
      describe: `${id} to be ready`,
      timeoutMs: 60_000,
    });
  }

  /** The only instance, once it is as wanted. */
  until(describe: string, isWanted: (instance: ShownInstance) => boolean): Promise<ShownInstance> {
    const look = async () => {
      const [instance] = await this.instances();
      return instance !== undefined && isWanted(instance) ? instance : undefined;
    };
    return eventually(look, { describe, timeoutMs: 60_000 });
  }

  async delete(id = 'd'): Promise<void> {
    const { code, stderr } = await this.platform.skein('deployments', 'delete', id, '--wait', '60s');
    assert.equal(code, 0, stderr);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

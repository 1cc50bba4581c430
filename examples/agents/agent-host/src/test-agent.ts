import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { spawnProcess, type SpawnedProcess } from '@skein/testkit';

/** An agent that runs as a process of its own for the length of a test. */
export interface TestAgent {
  /** `host:port` from its READY line. */
  readonly address: string;
  readonly process: SpawnedProcess;
}

/** What to start. */
export interface TestAgentOptions {
  /** Default: the Node that runs the test. */
  readonly command?: string;
  /** Its arguments; a URL stands for the path of its file. */
  readonly args: readonly (string | URL)[];
  /** The whole environment; PORT is set to 0 in it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Starts an agent and waits for its READY line; it ends with the test. */
export async function startTestAgent(t: TestContext, options: TestAgentOptions): Promise<TestAgent> {
  const process = await spawnProcess(options.command ?? globalThis.process.execPath, {
    args: options.args.map((arg) => (arg instanceof URL ? fileURLToPath(arg) : arg)),
    env: { ...options.env, PORT: '0' },
    ready: READY,
  });
  t.after(() => process[Symbol.asyncDispose]());
  const [, address = ''] = await process.waitFor(READY);
  return { address, process };
}

const READY = /^READY (\S+:\d+)$/m;

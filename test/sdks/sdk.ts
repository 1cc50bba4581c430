/** The SDKs of other languages, as their tests start them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { spawnProcess, type SpawnedProcess } from '@skein/testkit';
import { ROOT } from '../e2e/harness/skein.ts';

/** A first build fetches packages and compiles, in milliseconds. */
export const BUILD_TIMEOUT_MS = 600_000;
/** Longest time that a script of an SDK may take, in milliseconds: some of them compile. */
const SCRIPT_TIMEOUT_MS = 300_000;
const NO_TOOLCHAIN = 77;

/** What an agent logs when it takes calls, with its address, and when it has dialled in. */
export const LISTENING = /"(?:msg|message)": ?"listening", ?"address": ?"([^"]+)"/;
export const REGISTERED = /"(?:msg|message)": ?"registered"/;

/** An SDK in another language. */
export interface Sdk {
  readonly language: 'python' | 'go';
  /** The program of a test, or an example, as a command. */
  readonly program: (name: 'sample' | 'shouter' | 'worker' | 'client') => readonly [string, ...string[]];
  /** Beside the environment of this process. */
  readonly env: NodeJS.ProcessEnv;
  /** Where its generated stubs are: a folder that `generate.sh` is given, and one below it. */
  readonly stubs: readonly [into: string, folder: string];
  /** Examples that the README shows, the first one an agent. */
  readonly examples: readonly string[];
}

const python: Sdk = {
  language: 'python',
  program: (name) => [
    join(ROOT, '.toolchain/python/sdk/bin/python'),
    join(ROOT, 'sdks/python', name === 'sample' ? 'tests' : 'examples', `${name}.py`),
  ],
  env: { PYTHONPATH: join(ROOT, 'sdks/python/src'), PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
  stubs: ['src', 'skein/contracts'],
  examples: ['examples/shouter.py', 'examples/worker.py', 'examples/client.py'],
};

const go: Sdk = {
  language: 'go',
  program: (name) => [join(ROOT, '.toolchain/go/sdk', name)],
  env: {},
  stubs: ['', 'gen'],
  examples: ['examples/shouter/main.go', 'examples/worker/main.go', 'examples/client/main.go'],
};

/** All of them that are there. */
export const SDKS: readonly Sdk[] = [python, go];

/** Installs what an SDK needs; gives the reason where its toolchain is absent. `env`: default: that of this process. */
export async function build(sdk: Sdk, env = process.env): Promise<string | undefined> {
  await using building = await spawnProcess('/bin/sh', { args: [fileOf(sdk, 'build.sh')], env });
  const { code } = await building.exited;
  if (code === NO_TOOLCHAIN) return building.stdout.trim();
  assert.equal(code, 0, building.output);
  return undefined;
}

/** A file of an SDK. */
export const fileOf = ({ language }: Sdk, path: string): string => join(ROOT, 'sdks', language, path);

/** Runs a script of an SDK to its end. Rejects with its output where it fails. */
export async function runScript(sdk: Sdk, name: string, args: readonly string[] = []): Promise<void> {
  await using running = await spawnProcess('/bin/sh', { args: [fileOf(sdk, name), ...args] });
  const late = setTimeout(() => running.kill('SIGKILL'), SCRIPT_TIMEOUT_MS);
  const { code } = await running.exited;
  clearTimeout(late);
  assert.equal(code, 0, running.output);
}

/** Starts a program of an SDK. */
export function start(
  sdk: Sdk,
  name: Parameters<Sdk['program']>[0],
  options: { readonly args?: readonly string[]; readonly env?: NodeJS.ProcessEnv; readonly ready?: RegExp } = {},
): Promise<SpawnedProcess> {
  const { args = [], env = {}, ready } = options;
  const [command, ...first] = sdk.program(name);
  const all = { ...process.env, ...sdk.env, ...env };
  return spawnProcess(command, { args: [...first, ...args], env: all, ...(ready === undefined ? {} : { ready }) });
}

/** Instances of packages: their files come from the registry, and run in a folder of their own. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { AgentProtocol, AssignmentState, type InstanceTemplateSchema } from '@skein/contracts/registry';
import { removeFolder, type PackageFiles } from '@skein/packages';
import { eventually, temporaryDirectory } from '@skein/testkit';
import type { PackageKey } from './app/package-folders.ts';
import { startStage, type Stage, type StageOptions } from './testing/executor-stage.ts';

const { RUNNING, RESTARTING, STOPPED } = AssignmentState;
const AGENT = await readFile(join(import.meta.dirname, 'testing/hosted-agent.mjs'));
const file = (data: Buffer | string, executable = false) => ({ data: Buffer.from(data), executable });
/** `run` is executable, and finds its agent in the folder that it runs in. */
const FILES: PackageFiles = new Map([
  ['agent.mjs', file(AGENT)],
  ['bin/run', file('#!/bin/sh\necho "in $(pwd) with $1 and $WORDS"\nexec "$NODE" agent.mjs\n', true)],
]);

function template(key: PackageKey, process: object = {}): MessageInitShape<typeof InstanceTemplateSchema> {
  return {
    agentId: 'mine',
    version: '1.0.0',
    protocol: AgentProtocol.HTTP_PROCESS,
    runtime: { case: 'process', value: { command: './bin/run', args: ['${PACKAGE}/words.txt'], ...process } },
    env: { NODE: globalThis.process.execPath, WORDS: '${PACKAGE}/words' },
    package: key,
    restart: { initialBackoff: durationFromMs(20), maxBackoff: durationFromMs(100) },
    health: { interval: durationFromMs(100), startTimeout: durationFromMs(30_000) },
    stopTimeout: durationFromMs(5000),
  };
}

interface PackagedStage extends Stage {
  readonly directory: string;
}

async function stage(options: StageOptions = {}): Promise<PackagedStage> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryDirectory());
  const directory = join(folder.path, 'packages');
  stack.defer(() => removeFolder(directory));
  const env = { SKEIN_EXECUTOR_RUNTIMES: 'process', SKEIN_EXECUTOR_PACKAGES_DIR: directory };
  const hostTimes = { leaseMs: 30_000, beatMs: 50, settleMs: 100 };
  const made = stack.use(await startStage({ hostTimes, env, ...options }));
  return { ...made, directory, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const becomes = ({ registry }: Stage, state: AssignmentState, id = 'd-1', also = /(?:)/) =>
  eventually(
    () => {
      const report = registry.assignments.reports.get(id);
      return report?.state === state && also.test(report.failure) ? report : undefined;
    },
    { describe: `${id} in state ${state}, failure ${also}`, timeoutMs: 20_000 },
  );

test('a package brings the program that runs, for all of its instances once', async () => {
  await using rig = await stage({ transport: 'grpc' });
  const { catalogue, assignments } = rig.registry;
  const key = await catalogue.publish(FILES);
  const path = join(rig.directory, key.digest.slice('sha256:'.length));
  for (const id of ['d-1', 'd-2', 'd-3']) assignments.assign(id, template(key));
  assignments.assign('d-4', template(key, { command: '${PACKAGE}/bin/run', workingDirectory: '${PACKAGE}' }));
  for (const id of ['d-1', 'd-2', 'd-3', 'd-4']) {
    const { endpoint } = await becomes(rig, RUNNING, id);
    const answer = await fetch(`${endpoint}/process`, { method: 'POST', body: '{}' });
    assert.deepEqual(await answer.json(), { output: 'done' });
  }
  assert.deepEqual(
    catalogue.downloads.map(({ name, version, digest }) => ({ name, version, digest })),
    [key],
  );
  const ended = template(key, { command: '/bin/sh', args: ['-c', './bin/run ${PACKAGE}/x; exit 3'] });
  assignments.assign('d-5', { ...ended, env: { NODE: '/bin/false' } });
  const { failure } = await becomes(rig, RESTARTING, 'd-5', /exit code 3/);
  assert.ok(failure.includes(`in ${path} with ${path}/x and`), failure);
});

test('a download that breaks goes on where it broke; what the registry does not have is told', async () => {
  await using rig = await stage({ transport: 'grpc' });
  const { catalogue, assignments } = rig.registry;
  const noise = Buffer.from(Array.from({ length: 9000 }, (_, n) => (n * n * 2_654_435_761) >>> 24));
  const key = await catalogue.publish(new Map(FILES).set('noise', file(noise)));
  catalogue.breaks = [2, 1, 3, Infinity];
  assignments.assign('d-1', template(key));
  await becomes(rig, RUNNING);
  const offsets = catalogue.downloads.map(({ offsetBytes }) => Number(offsetBytes));
  assert.deepEqual(offsets, [0, 2000, 3000, 6000]);
  assignments.assign('d-2', template({ ...key, name: 'acme/none', digest: `sha256:${'0'.repeat(64)}` }));
  await becomes(
    rig,
    RESTARTING,
    'd-2',
    /^PACKAGE_NOT_FOUND: package acme\/none 1\.0\.0 cannot be fetched .*no package/,
  );
});

test('a try that brings nothing is the last one, and the next start tries again', async () => {
  await using rig = await stage();
  const { catalogue, assignments } = rig.registry;
  const key = await catalogue.publish(FILES);
  catalogue.breaks = [0];
  assignments.assign('d-1', template(key));
  await becomes(rig, RESTARTING, 'd-1', /^SERVICE_UNAVAILABLE: .*the registry crashed/);
  catalogue.breaks = [];
  await becomes(rig, RUNNING);
});

test('while the registry is away an instance is tried again, and starts when it is back', async () => {
  await using rig = await stage();
  const { catalogue, assignments } = rig.registry;
  const key = await catalogue.publish(FILES);
  catalogue.isAway = true;
  assignments.assign('d-1', template(key));
  await becomes(rig, RESTARTING, 'd-1', /^SERVICE_UNAVAILABLE: package acme\/greeter 1\.0\.0 cannot be fetched/);
  catalogue.isAway = false;
  await becomes(rig, RUNNING);
  // What is there needs no registry.
  catalogue.isAway = true;
  assignments.assign('d-2', template(key));
  await becomes(rig, RUNNING, 'd-2');
});

test('other files than those that were installed are never run', async () => {
  await using rig = await stage();
  const { catalogue, assignments } = rig.registry;
  const key = await catalogue.publish(FILES, new Map(FILES).set('bin/run', file('#!/bin/sh\ntouch ../ran\n', true)));
  assignments.assign('d-1', template(key));
  await becomes(rig, RESTARTING, 'd-1', /^PACKAGE_INVALID: package acme\/greeter 1\.0\.0 came as sha256:/);
  await eventually(() => catalogue.downloads.length >= 2, { describe: 'another try' });
  assert.deepEqual(
    (await readdir(rig.directory)).filter((name) => !name.startsWith('.beside-')),
    [],
  );
  await catalogue.publish(FILES);
  await becomes(rig, RUNNING);
  assignments.unwant('d-1');
  await becomes(rig, STOPPED);
});

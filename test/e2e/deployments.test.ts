/** Deployments from the file to the process and back, while runs go on. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually, temporaryDirectory } from '@skein/testkit';
import { startPlatform, type Mode, type TestPlatform } from './harness/platform.ts';
import { partsOf } from './harness/processes.ts';
import { cleanEnvironment, ROOT, skein as runSkein } from './harness/skein.ts';
import { nodeOf, outputOf, stateOf, Workplace } from './harness/workplace.ts';

const FILE = join(ROOT, 'examples/deployments/greeter.yaml');
const MODES: readonly Mode[] = ['embedded', 'distributed'];

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

interface Greeting {
  readonly greeting: string;
  readonly version: string;
  readonly pid: number;
}

async function greet({ skein }: TestPlatform): Promise<Greeting> {
  const { code, stdout, stderr } = await skein('agents', 'invoke', 'greeter', '--input', '{"name":"Ada"}');
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Greeting;
}

interface Shown {
  readonly status: { readonly phase: string; readonly assignments?: readonly { readonly pid?: number }[] };
}

async function shown({ skein }: TestPlatform): Promise<Shown> {
  return JSON.parse((await skein('deployments', 'get', 'greeter', '-o', 'json')).stdout) as Shown;
}

/** Of every instance that has a process. */
async function pidsOf(platform: TestPlatform): Promise<readonly number[]> {
  const { assignments = [] } = (await shown(platform)).status;
  return assignments.flatMap(({ pid = 0 }) => (pid === 0 ? [] : [pid]));
}

for (const mode of MODES) {
  test(`an agent is deployed, rolled out under load, and gone (${mode})`, { timeout: 180_000 }, async () => {
    await using platform = await startPlatform(mode, { SKEIN_EXECUTOR_RUNTIMES: 'process' });
    const { skein } = platform;
    await using folder = await temporaryDirectory();
    const changed = join(folder.path, 'greeter.yaml');
    const text = await readFile(FILE, 'utf8');
    const applied = await skein('deployments', 'apply', '-f', FILE, '--wait', '60s');
    assert.equal(applied.stdout, 'greeter created: greeter 1.0.0, ready, 2/2 ready\n', applied.stderr);
    const first = await greet(platform);
    assert.deepEqual([first.greeting, first.version], ['Hello, Ada!', '1.0.0']);
    const written = await skein('deployments', 'logs', 'greeter');
    assert.match(written.stdout, /^greeter-\S+ listening on \d+\ngreeter-\S+ listening on \d+\n$/, written.stderr);

    // A process that dies is replaced.
    process.kill(first.pid, 'SIGKILL');
    await eventually(async () => /SIGKILL/.test((await skein('deployments', 'get', 'greeter')).stdout), {
      describe: 'the failure',
      timeoutMs: 30_000,
    });

    // Runs go on while all instances are replaced.
    await writeFile(
      changed,
      text.replace('version: 1.0.0', 'version: 1.1.0').replace('GREETING: Hello', 'GREETING: Hi'),
    );
    const rolling = skein('deployments', 'apply', '-f', changed, '--wait', '90s');
    const greetings: Greeting[] = [];
    let rolled: Awaited<typeof rolling> | void;
    do {
      const [greeting, outcome] = await Promise.all([greet(platform), Promise.race([rolling, Promise.resolve()])]);
      greetings.push(greeting);
      rolled = outcome;
    } while (rolled === undefined);
    assert.equal(rolled.code, 0, rolled.stderr);
    assert.ok(greetings.length > 1);
    const last = await greet(platform);
    assert.deepEqual([last.greeting, last.version], ['Hi, Ada!', '1.1.0']);

    const gone = await skein('deployments', 'delete', 'greeter', '--wait', '60s');
    assert.equal(gone.stdout, 'greeter deleted\n', gone.stderr);
    for (const { pid } of [...greetings, last]) assert.equal(isAlive(pid), false);
  });
}

for (const mode of MODES) {
  test(`a deployment that nobody calls runs nothing, and a call wakes it (${mode})`, { timeout: 120_000 }, async () => {
    await using platform = await startPlatform(mode, { SKEIN_EXECUTOR_RUNTIMES: 'process' });
    const { skein } = platform;
    const applied = await skein('deployments', 'apply', '-f', FILE, '--replicas', '1', '--wait', '60s');
    assert.equal(applied.code, 0, applied.stderr);
    const first = await greet(platform);
    const scaled = await skein('deployments', 'autoscale', 'greeter', '--min', '0', '--max', '2', '--idle', '1s');
    assert.match(scaled.stdout, /^greeter: 1 of 0 to 2 instances/);
    await eventually(async () => /nobody has called/.test((await skein('deployments', 'get', 'greeter')).stdout), {
      describe: 'nobody to call',
      timeoutMs: 30_000,
    });
    await eventually(() => !isAlive(first.pid), { describe: 'the process to be gone', timeoutMs: 30_000 });
    const [one, other] = await Promise.all([greet(platform), greet(platform)]);
    assert.equal(one.pid, other.pid);
    assert.notEqual(one.pid, first.pid);
    assert.equal((await skein('doctor')).code, 0);
    const gone = await skein('deployments', 'delete', 'greeter', '--wait', '60s');
    assert.equal(gone.stdout, 'greeter deleted\n', gone.stderr);
  });
}

for (const mode of MODES) {
  test(
    `an agent that dies again and again while it is called costs no run (${mode})`,
    { timeout: 120_000 },
    async () => {
      await using platform = await startPlatform(mode, { SKEIN_EXECUTOR_RUNTIMES: 'process' });
      const { skein } = platform;
      const applied = await skein('deployments', 'apply', '-f', FILE, '--replicas', '1', '--wait', '60s');
      assert.equal(applied.code, 0, applied.stderr);
      const workplace = new Workplace(platform, 'default');
      await workplace.apply({
        id: 'greets',
        nodes: [{ id: 'greet', type: 'agent', agent_id: 'greeter', retry: { max_attempts: 1 } }],
      });
      const killed = new Set<number>();
      const started: string[] = [];
      while (killed.size < 3) {
        const burst = await Promise.all(Array.from({ length: 5 }, () => workplace.start('greets', { name: 'Ada' })));
        started.push(...burst);
        const { pid } = outputOf(await workplace.ended(burst[0] ?? '')) as unknown as Greeting;
        // The calls of the next burst come while it dies, and until there is another one.
        if (!killed.has(pid)) process.kill(pid, 'SIGKILL');
        killed.add(pid);
      }
      const runs = await Promise.all(started.map((runId) => workplace.ended(runId)));
      assert.deepEqual(new Set(runs.map(stateOf)), new Set(['DONE']));
      for (const run of runs) assert.equal(nodeOf(run, 'greet').attempt, 1);
    },
  );
}

test(
  'an executor that is killed takes its processes with it, and its deployment comes back',
  { timeout: 180_000 },
  async () => {
    const settings = { SKEIN_EXECUTOR_RUNTIMES: 'process' };
    await using platform = await startPlatform('distributed', settings);
    const { skein, dataDir } = platform;
    const applied = await skein('deployments', 'apply', '-f', FILE, '--wait', '60s');
    assert.equal(applied.code, 0, applied.stderr);
    const pids = await pidsOf(platform);
    assert.equal(pids.length, 2);
    const before = await partsOf(dataDir);
    process.kill(before['executor']?.pid ?? 0, 'SIGKILL');
    await eventually(() => pids.every((pid) => !isAlive(pid)), { describe: 'its processes to be gone' });

    const env = cleanEnvironment({ SKEIN_DATA_DIR: dataDir, ...settings });
    const up = await runSkein(['up'], { env });
    assert.equal(up.code, 0, up.stderr);
    // Other executors get what a dead one had once it has not been heard of for 10 s.
    const next = await eventually(
      async () => {
        const now = await pidsOf(platform);
        return now.length === 2 && now.every((pid) => isAlive(pid) && !pids.includes(pid)) ? now : undefined;
      },
      { describe: 'others to run instead', timeoutMs: 60_000 },
    );
    await eventually(async () => (await shown(platform)).status.phase === 'READY', { describe: 'it to be ready' });
    assert.ok(next.includes((await greet(platform)).pid));
  },
);

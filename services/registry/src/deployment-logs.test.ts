/** What instances wrote: found at their executors and passed on, over everything that breaks between. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Code, ConnectError } from '@connectrpc/connect';
import { AgentProtocol, DeploymentPhase, InstanceLogService } from '@skein/contracts/registry';
import { bind, describeError, directTransport } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { FakeHost } from './testing/fake-host.ts';
import { registryRig, type RegistryRig } from './testing/registry-rig.ts';

const SOON = { timeout: 30_000 };

/** The executors of a test: what each instance wrote, and whether they answer. */
class FakeLogs {
  readonly lines = new Map<string, string[]>();
  isAway = false;
  readonly asked: { readonly address: string; readonly after: bigint; readonly tail: number }[] = [];
  readonly #news = new EventTarget();

  transport(address: string) {
    const { asked, lines } = this;
    const isAway = () => this.isAway;
    const changed = (signal: AbortSignal) => once(this.#news, 'news', { signal });
    return directTransport([
      bind(InstanceLogService, {
        async *streamInstanceLog({ assignmentId, tailLines, follow, afterNumber }, { signal }) {
          asked.push({ address, after: afterNumber, tail: tailLines });
          if (isAway()) throw new ConnectError('away', Code.Unavailable);
          const written = () => lines.get(assignmentId) ?? [];
          let next = afterNumber > 0n ? Number(afterNumber) : Math.max(0, written().length - tailLines);
          for (;;) {
            for (; next < written().length; next += 1) {
              yield { line: { assignmentId, text: written()[next] ?? '', number: BigInt(next + 1) } };
            }
            if (!follow || !lines.has(assignmentId)) return;
            await changed(signal);
            if (isAway()) throw new ConnectError('away', Code.Unavailable);
          }
        },
      }),
    ]);
  }

  write(assignmentId: string, text: string): void {
    this.lines.set(assignmentId, [...(this.lines.get(assignmentId) ?? []), text]);
    this.tell();
  }

  tell(): void {
    this.#news.dispatchEvent(new Event('news'));
  }
}

async function deploy(rig: RegistryRig, replicas: number): Promise<readonly string[]> {
  const runtime = { case: 'process', value: { command: 'agent' } } as const;
  const template = { agentId: 'mine', version: '1.0.0', protocol: AgentProtocol.GRPC, runtime };
  await rig.deployments.applyDeployment({ deployment: { deploymentId: 'd', replicas, template } });
  const status = await eventually(
    async () => {
      const { deployment } = await rig.deployments.getDeployment({ deploymentId: 'd' });
      return deployment?.status?.phase === DeploymentPhase.READY ? deployment.status : undefined;
    },
    { describe: 'it to be ready' },
  );
  return status.assignments.map(({ assignmentId }) => assignmentId);
}

async function rigWith(logs: FakeLogs): Promise<RegistryRig> {
  return registryRig({ executors: (address) => logs.transport(address) });
}

test('the last lines of every instance, or of one, are read where they are kept', SOON, async () => {
  const logs = new FakeLogs();
  await using rig = await rigWith(logs);
  await using one = new FakeHost(rig.assignments, 'e-1');
  await using two = new FakeHost(rig.assignments, 'e-2');
  await Promise.all([one.heard, two.heard]);
  const ids = await deploy(rig, 2);
  for (const id of ids)
    logs.lines.set(
      id,
      ['a', 'b', 'c'].map((text) => `${id} ${text}`),
    );
  const read = async (about: object = {}) => {
    const texts: string[] = [];
    for await (const { line } of rig.deployments.streamLogs({ deploymentId: 'd', ...about }))
      texts.push(line?.text ?? '');
    return texts.toSorted();
  };
  assert.equal((await read()).length, 6);
  assert.deepEqual(await read({ tailLines: 1 }), ids.map((id) => `${id} c`).toSorted());
  const [id = ''] = ids;
  assert.deepEqual(await read({ assignmentId: id, tailLines: 2 }), [`${id} b`, `${id} c`]);
  assert.deepEqual(new Set(logs.asked.map(({ address }) => address)), new Set(['e-1', 'e-2']));
  assert.equal(logs.asked[0]?.tail, 100);

  const reasonOf = (about: object) =>
    read(about).then(
      () => '',
      (error: unknown) => describeError(error).reason,
    );
  assert.equal(await reasonOf({ deploymentId: 'x' }), 'DEPLOYMENT_NOT_FOUND');
  assert.equal(await reasonOf({ assignmentId: 'x' }), 'ASSIGNMENT_NOT_FOUND');
  assert.equal(await reasonOf({ namespace: 'other' }), 'DEPLOYMENT_NOT_FOUND');
  assert.equal(await reasonOf({ tailLines: 1001 }), 'INVALID_FIELD');
  logs.isAway = true;
  assert.equal(await reasonOf({}), 'SERVICE_UNAVAILABLE');
});

test(
  'what is followed goes on over an outage, takes new instances in, and ends with the deployment',
  SOON,
  async () => {
    const logs = new FakeLogs();
    await using rig = await rigWith(logs);
    await using host = new FakeHost(rig.assignments, 'e-1');
    const [first = ''] = await deploy(rig, 1);
    logs.write(first, '1');
    const texts: string[] = [];
    const following = (async () => {
      for await (const { line } of rig.deployments.streamLogs({ deploymentId: 'd', follow: true })) {
        if (line !== undefined) texts.push(line.text);
      }
    })();
    const has = (text: string) => eventually(() => texts.includes(text), { describe: `line ${text}` });
    await has('1');
    logs.isAway = true;
    logs.tell();
    logs.write(first, '2');
    await eventually(() => logs.asked.length > 2, { describe: 'the executor to be asked again' });
    logs.isAway = false;
    await has('2');
    const ids = await deploy(rig, 2);
    const second = ids.find((id) => id !== first) ?? '';
    logs.write(second, 'other');
    await has('other');
    logs.write(first, '3');
    await has('3');
    assert.deepEqual(texts, ['1', '2', 'other', '3'], 'each once');
    await rig.deployments.deleteDeployment({ deploymentId: 'd' });
    logs.lines.clear();
    logs.tell();
    await following;
    assert.equal(host.assigned.length, 0);
  },
);

test('executors that are gone are known, and not one that came back or was never heard of', SOON, async () => {
  await using rig = await registryRig({ deployments: { executorLeaseMs: 300 } });
  const find = async (...executorIds: string[]) =>
    (await rig.assignments.findGoneExecutors({ executorIds })).executorIds.toSorted();
  const dead = new FakeHost(rig.assignments, 'e-dead');
  await dead.heard;
  await dead.crash();
  await eventually(async () => (await find('e-dead', 'e-unknown')).length === 1, { describe: 'it to be gone' });
  assert.deepEqual(await find('e-dead', 'e-unknown'), ['e-dead']);
  await using back = new FakeHost(rig.assignments, 'e-dead');
  await back.heard;
  assert.deepEqual(await find('e-dead'), []);
  // One that leaves has tasks to end: what it has is its own for a while.
  const leaving = new FakeHost(rig.assignments, 'e-leaving');
  await leaving.heard;
  await leaving.leave();
  assert.deepEqual(await find('e-leaving'), []);
  await assert.rejects(find(...Array.from({ length: 1001 }, (_each, at) => `e-${at}`)));
});

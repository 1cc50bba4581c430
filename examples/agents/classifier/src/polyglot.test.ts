import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fromJson, toJson, type JsonValue } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { createClient } from '@connectrpc/connect';
import { checkRules, GRPC_RULES, GrpcSubject } from '@skein/conformance';
import { AgentService, InvokeResponseSchema } from '@skein/contracts/agent';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '@skein/contracts/grpc';
import { startTestAgent, type TestAgentOptions } from '@skein/example-agent-host/testing';
import { grpcTransport } from '@skein/rpc';
import { spawnProcess, temporaryDirectory } from '@skein/testkit';
import { readTickets } from './tickets.ts';

/** A first build fetches packages and compiles. */
const BUILD_TIMEOUT_MS = 600_000;
const NO_TOOLCHAIN = 77;

const LANGUAGES = ['python', 'go'] as const;
type Polyglot = (typeof LANGUAGES)[number];

const inputs: readonly JsonValue[] = [
  ...readTickets(),
  'Refund, please: 49,90 € 💸',
  { subject: '', text: 'x'.repeat(20_000) + ' refund' },
  { subject: 'İSTANBUL ẞtraße ﬁ', text: 'Ǆ ΣΊΣΥΦΟΣ e\u0301clair\u2028refund\u00a0twice' },
  { subject: 'only a subject', extra: [1, null, { deep: true }] },
  null,
  true,
  7,
  '',
  ' \n\t',
  [],
  ['text'],
  {},
  { subject: 1 },
  { text: null, subject: 'a' },
  { text: '\u00a0' },
];

for (const language of LANGUAGES) {
  test(`the ${language} agent answers as the TypeScript one does`, { timeout: BUILD_TIMEOUT_MS }, async (t) => {
    const absent = await build(language, process.env);
    if (absent !== undefined) return t.skip(`polyglot: ${absent}`);
    const script = new URL(`../../classifier-${language}/start.sh`, import.meta.url);
    const polyglot = await connect(t, { command: 'sh', args: [script], env: process.env });
    const native = await connect(t, { args: [new URL('main.ts', import.meta.url)], env: process.env });

    const { status } = await polyglot.health.check({ service: AgentService.typeName });
    assert.equal(status, ServingStatus.SERVING);
    const [card, nativeCard] = [await polyglot.card(), await native.card()];
    assert.deepEqual([card?.agentId, card?.version], [nativeCard?.agentId, nativeCard?.version]);
    for (const input of inputs) {
      assert.deepEqual(await polyglot.invoke(input), await native.invoke(input), JSON.stringify(input));
    }
    assert.deepEqual(await polyglot.invoke('hi', 'translate'), await native.invoke('hi', 'translate'));
    assert.deepEqual(await brokenRules(polyglot.address), []);
    polyglot.process.kill('SIGTERM');
    assert.deepEqual(await polyglot.process.exited, { code: 0, signal: null });
  });

  test(`a machine without ${language} is told so`, async () => {
    await using bin = await onlyDirname();
    const tool = language === 'python' ? 'python3' : 'go';
    assert.equal(await build(language, { PATH: bin.path }), `${tool} not found`);
  });
}

/** Builds an agent; gives the reason where the toolchain is absent. */
async function build(language: Polyglot, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const script = fileURLToPath(new URL(`../../classifier-${language}/build.sh`, import.meta.url));
  await using building = await spawnProcess('/bin/sh', { args: [script], env });
  const { code } = await building.exited;
  if (code === NO_TOOLCHAIN) return building.stdout.trim();
  assert.equal(code, 0, building.output);
  return undefined;
}

/** A directory for PATH with nothing in it but what every build needs before it looks for a toolchain. */
async function onlyDirname() {
  const directory = await temporaryDirectory();
  await using which = await spawnProcess('/bin/sh', { args: ['-c', 'command -v dirname'] });
  await which.exited;
  await symlink(which.stdout.trim(), join(directory.path, 'dirname'));
  return directory;
}

/** Rules of the contract that an agent breaks. */
async function brokenRules(address: string) {
  using subject = new GrpcSubject({ address });
  const reports = await Array.fromAsync(checkRules(GRPC_RULES, subject));
  return reports.filter(({ verdict }) => verdict === 'broken');
}

async function connect(t: TestContext, options: TestAgentOptions) {
  const { address, process } = await startTestAgent(t, options);
  // gRPC servers as they come cut off clients that ping as often as our services do among themselves.
  const channel = { 'grpc.keepalive_time_ms': 360_000, 'grpc.keepalive_permit_without_calls': 0 };
  const transport = grpcTransport({ address, channel });
  t.after(() => transport[Symbol.dispose]());
  const client = createClient(AgentService, transport);
  return {
    address,
    process,
    health: createClient(Health, transport),
    card: async () => (await client.getCard({})).card,
    async invoke(input: JsonValue, skillId = '') {
      const events: JsonValue[] = [];
      for await (const event of client.invoke({ taskId: 'task-1', input: fromJson(ValueSchema, input), skillId })) {
        events.push(toJson(InvokeResponseSchema, event));
      }
      return events;
    },
  };
}

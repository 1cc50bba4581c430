import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  AgentProtocol,
  AgentRegistryService,
  AgentSchema,
  DeploymentSchema,
  DeploymentService,
  type Deployment,
  type RegisterAgentRequest,
} from '@skein/contracts/registry';
import { temporaryDirectory } from '@skein/testkit';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const version = (number: string) => ({
  version: number,
  name: 'Greeter',
  protocol: AgentProtocol.HTTP_PROCESS,
  capabilities: ['greet'],
  labels: { tier: 'gold' },
  config: { tone: 'kind' },
  timeout: { seconds: 90n },
  skills: [{ skillId: 'greet', inputSchema: { type: 'object' } }],
  createdAt: timestampFromMs(1),
});

const AGENT = create(AgentSchema, {
  agentId: 'a',
  routing: { fallbackAgentIds: ['b'], limit: { maxConcurrency: 3 } },
  versions: [version('2.0.0'), version('1.0.0'), version('0.9.0')],
  instances: [
    { endpoint: 'http://two', version: '2.0.0' },
    { endpoint: 'http://one', version: '1.0.0' },
    { endpoint: 'http://leased', version: '1.0.0', leaseExpiresAt: timestampFromMs(1) },
    { endpoint: 'worker:e/w', version: '0.9.0' },
  ],
});

const template = { version: '2.0.0', runtime: { case: 'process' as const, value: { command: 'node' } } };
const DEPLOYMENTS = [
  create(DeploymentSchema, {
    namespace: 'default',
    deploymentId: 'a',
    replicas: 2,
    template: { ...template, agentId: 'a', protocol: AgentProtocol.GRPC, secretEnv: { KEY: 'name' } },
    rollout: { maxSurge: 2, progressDeadline: { seconds: 60n } },
    status: { revision: 7n },
    createdAt: timestampFromMs(1),
  }),
  create(DeploymentSchema, { deploymentId: 'other', template: { ...template, agentId: 'other' } }),
];

test('an agent comes out of its file as it went in, without what is of this platform', async () => {
  await using folder = await temporaryDirectory();
  const registered: RegisterAgentRequest[] = [];
  const applied: Deployment[] = [];
  await using platform = await fakePlatform(({ service }) => {
    service(AgentRegistryService, {
      getAgent: () => ({ agent: AGENT }),
      registerAgent(request) {
        registered.push(request);
        return {};
      },
    });
    service(DeploymentService, {
      listDeployments: () => ({ deployments: DEPLOYMENTS }),
      applyDeployment({ deployment }) {
        if (deployment) applied.push(deployment);
        return {};
      },
    });
  });
  const cli = (...args: string[]) => useCli(['agents', ...args, '--api', platform.url]);
  const file = join(folder.path, 'a.json');
  const exported = await cli('export', 'a', '--to', file);
  assert.equal(exported.code, EXIT.ok, exported.stderr);
  assert.match(exported.stderr, /2 version\(s\) and 1 deployment\(s\)/);
  const imported = await cli('import', file, '-n', 'acme');
  assert.equal(imported.code, EXIT.ok, imported.stderr);
  const { createdAt: _created, ...facts } = version('2.0.0');
  assert.deepEqual(
    registered.map(({ namespace, version: number, endpoints }) => [namespace, number, endpoints]),
    [
      ['acme', '1.0.0', ['http://one']],
      ['acme', '2.0.0', ['http://two']],
    ],
  );
  assert.partialDeepStrictEqual(registered[1], { ...facts, routing: { limit: { maxConcurrency: 3 } } });
  const [deployment] = DEPLOYMENTS;
  assert.deepEqual(applied.length, 1);
  assert.deepEqual(applied[0]?.template, deployment?.template);
  assert.deepEqual(applied[0]?.rollout, deployment?.rollout);
  assert.deepEqual([applied[0]?.namespace, applied[0]?.status, applied[0]?.createdAt], ['acme', undefined, undefined]);
});

test('a file that is no exported agent changes nothing', async () => {
  const bad = { format: 'skein.agent/1', registrations: [{ agent_id: 'a' }], deployments: [{ replicas: 'many' }] };
  for (const [stdin, why] of [
    ['{}', /no exported agent/],
    ['{"format":"skein.agent/1","deployments":{}}', /no list/],
    [JSON.stringify(bad), /Deployment\.replicas/],
  ] as const) {
    const { code, stderr } = await useCli(['agents', 'import', '-', '--api', 'http://127.0.0.1:1'], { stdin });
    assert.equal(code, EXIT.invalid, stderr);
    assert.match(stderr, why);
  }
});

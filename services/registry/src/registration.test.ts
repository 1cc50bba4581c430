/** What a registration may say, and what it is told when it says something else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentProtocol, RegisterAgentRequestSchema, type RoutingStrategy } from '@skein/contracts/registry';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { describeError } from '@skein/rpc';
import { registrationOf } from './rpc/registration-fields.ts';

type Request = MessageInitShape<typeof RegisterAgentRequestSchema>;

function violationsOf(request: Request): string[] {
  try {
    registrationOf(create(RegisterAgentRequestSchema, request));
    return [];
  } catch (error) {
    const { reason, violations } = describeError(error);
    assert.equal(reason, 'INVALID_FIELD');
    return violations.map(({ field }) => field);
  }
}

const GOOD = { agentId: 'a', endpoints: ['inprocess:a'] };

test('every violation is named at once', () => {
  const labels = Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, '']));
  const request = {
    namespace: 'Not Allowed',
    agentId: 'a b',
    version: 'v1.2.3',
    name: 'n'.repeat(257),
    description: 'd'.repeat(4097),
    agentType: 't'.repeat(65),
    capabilities: ['', 'c'.repeat(129)],
    protocol: 99 as AgentProtocol,
    endpoints: [],
    labels,
    config: { text: 'x'.repeat(65 * 1024) },
    timeout: { seconds: 86_401n },
  };
  assert.deepEqual(violationsOf(request), [
    'namespace',
    'agent_id',
    'version',
    'name',
    'description',
    'agent_type',
    'capabilities[0]',
    'capabilities[1]',
    'protocol',
    'endpoints',
    'labels',
    'config',
    'timeout',
  ]);
});

const CASES: ReadonlyArray<readonly [what: string, request: Request, fields: readonly string[]]> = [
  ['nothing wrong', GOOD, []],
  ['no id', { ...GOOD, agentId: '' }, ['agent_id']],
  ['an id of the longest length', { ...GOOD, agentId: 'a'.repeat(128) }, []],
  ['an id that is too long', { ...GOOD, agentId: 'a'.repeat(129) }, ['agent_id']],
  ['a version with everything', { ...GOOD, version: '1.2.3-rc.1+build.5' }, []],
  ['half a version', { ...GOOD, version: '1.2' }, ['version']],
  ['characters that no store keeps', { ...GOOD, name: 'a\0b', agentType: '\ud800' }, ['name', 'agent_type']],
  ['a NUL within the config', { ...GOOD, config: { a: ['\0'] } }, ['config']],
  ['a NUL that is only written about', { ...GOOD, config: { a: String.raw`\u0000` } }, []],
  ['half a character within the config', { ...GOOD, config: { '\ud83d': 1 } }, ['config']],
  ['1,001 endpoints', { ...GOOD, endpoints: Array.from({ length: 1001 }, (_, at) => `h:${at + 1}`) }, ['endpoints']],
  ['endpoints of two forms', { ...GOOD, endpoints: ['h:1', 'http://h'] }, ['endpoints[1]']],
  ['an endpoint of another form', { ...GOOD, protocol: AgentProtocol.GRPC, endpoints: ['http://h'] }, ['endpoints[0]']],
  [
    'an HTTP agent at a gRPC address',
    { ...GOOD, protocol: AgentProtocol.HTTP_PROCESS, endpoints: ['h:1'] },
    ['endpoints[0]'],
  ],
  ['a label without a key', { ...GOOD, labels: { '': 'x' } }, ['labels']],
  ['a label that is too long', { ...GOOD, labels: { k: 'v'.repeat(257) } }, ['labels.k']],
  ['no time at all', { ...GOOD, timeout: {} }, ['timeout']],
  ['a negative time', { ...GOOD, timeout: { seconds: -1n } }, ['timeout']],
  ['the shortest time', { ...GOOD, timeout: { nanos: 1_000_000 } }, []],
  ['no lease at all', { ...GOOD, leaseTtl: {} }, ['lease_ttl']],
  ['the shortest lease', { ...GOOD, leaseTtl: { seconds: 1n } }, []],
  [
    'probes out of bounds',
    {
      ...GOOD,
      probe: { interval: { nanos: 1 }, timeout: { seconds: 61n }, unhealthyThreshold: 101, healthyThreshold: -1 },
    },
    ['probe.interval', 'probe.timeout', 'probe.unhealthy_threshold', 'probe.healthy_threshold'],
  ],
  [
    'routing out of bounds',
    {
      ...GOOD,
      routing: {
        strategy: 9 as RoutingStrategy,
        maxInstancesTried: 11,
        fallbackAgentIds: ['b c', 'a'],
        circuitBreaker: { failureThreshold: 1001, resetTimeout: { seconds: 3601n } },
        outlierEjection: { failureRatio: 1.1, maxEjectedRatio: -1 },
        limit: { maxConcurrency: 10_001, rateLimit: -1, ratePer: { nanos: 1 } },
      },
    },
    [
      'routing.strategy',
      'routing.max_instances_tried',
      'routing.fallback_agent_ids[0]',
      'routing.fallback_agent_ids[1]',
      'routing.circuit_breaker.reset_timeout',
      'routing.circuit_breaker.failure_threshold',
      'routing.outlier_ejection.failure_ratio',
      'routing.outlier_ejection.max_ejected_ratio',
      'routing.limit.rate_limit',
      'routing.limit.rate_per',
      'routing.limit.max_concurrency',
    ],
  ],
  ['a skill without a name', { ...GOOD, skills: [{ description: 'x' }] }, ['skills[0].skill_id']],
  ['skills that are too large', { ...GOOD, skills: [{ skillId: 's', description: 'd'.repeat(300_000) }] }, ['skills']],
  ['257 capabilities', { ...GOOD, capabilities: Array.from({ length: 257 }, (_, at) => `c${at}`) }, ['capabilities']],
];

for (const [what, request, fields] of CASES) {
  test(`a registration with ${what}`, () => assert.deepEqual(violationsOf(request), fields));
}

const ENDPOINTS: Readonly<Record<string, boolean>> = {
  'localhost:50051': true,
  'grpc://agents.example.com:443': true,
  'grpcs://agents.example.com:443': true,
  'grpcs://agents.example.com': false,
  '[::1]:50051': true,
  'host:0': false,
  'host:65536': false,
  host: false,
  'a b:1': false,
  '': false,
  'http://host': true,
  'https://host/base/': true,
  'http://user:secret@host': false,
  'http://host/?q=1': false,
  'ftp://host': false,
  'inprocess:fn.name-1': true,
  'inprocess:': false,
  'inprocess:a b': false,
  [`http://${'h'.repeat(2048)}`]: false,
};

for (const [endpoint, good] of Object.entries(ENDPOINTS)) {
  test(`${endpoint.slice(0, 40)} is ${good ? 'an' : 'no'} endpoint`, () => {
    assert.deepEqual(violationsOf({ ...GOOD, endpoints: [endpoint] }), good ? [] : ['endpoints[0]']);
  });
}

test('an endpoint that is given twice is one', () => {
  const { endpoints } = registrationOf(
    create(RegisterAgentRequestSchema, { agentId: 'a', endpoints: ['h:2', 'h:1', 'h:2'] }),
  );
  assert.deepEqual(endpoints, ['h:2', 'h:1']);
});

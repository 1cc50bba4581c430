import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsInHealth, healthObjectOf, illnessIn, protocolHintIn, weaknessIn } from './health-body.ts';

const HEALTHY = [
  '',
  'OK',
  '[]',
  '{}',
  '{"status":"healthy","agentId":"x"}',
  '{"status":"UP"}',
  '{"status":"ok"}',
  '{"ok":true}',
  '{"health":"HEALTHY"}',
  '{"status":"DEGRADED"}',
  '{"status":"purring"}',
  '{"status":200}',
  '{"ready":true,"rate_limit":{"requests_per_minute":5}}',
];

const ILL: Readonly<Record<string, string>> = {
  '{"status":"unhealthy"}': 'status is unhealthy',
  '{"status":"DOWN"}': 'status is DOWN',
  '{"health":"UNHEALTHY"}': 'health is UNHEALTHY',
  '{"state":"shut down","status":"not ready"}': 'status is not ready',
  '{"status":"healthy","ready":false}': 'ready is false',
  '{"ok":false}': 'ok is false',
  '{"healthy":false}': 'healthy is false',
};

for (const body of HEALTHY) {
  test(`${body === '' ? 'nothing' : body} is healthy`, () => assert.equal(illnessIn(healthObjectOf(body)), undefined));
}

for (const [body, illness] of Object.entries(ILL)) {
  test(`${body} is not healthy`, () => assert.equal(illnessIn(healthObjectOf(body)), illness));
}

test('some words say that an agent works below its best', () => {
  assert.equal(weaknessIn(healthObjectOf('{"status":"DEGRADED"}')), 'status is DEGRADED');
  assert.equal(illnessIn(healthObjectOf('{"status":"DEGRADED"}')), undefined);
  assert.equal(weaknessIn(healthObjectOf('{"status":"UP"}')), undefined);
  assert.equal(weaknessIn(undefined), undefined);
});

test('facts are taken where they are of the right kind', () => {
  const body = healthObjectOf('{"version":"1.0.0","name":7,"capabilities":["a",1,"b"]}');
  assert.deepEqual(factsInHealth(body), {
    version: '1.0.0',
    name: '',
    description: '',
    capabilities: ['a', 'b'],
    skills: [],
  });
  assert.deepEqual(factsInHealth(undefined).capabilities, []);
});

test('a protocol is named in several ways, and both at once is none', () => {
  assert.equal(protocolHintIn(healthObjectOf('{"protocol":"HTTP_PROCESS"}')), 'HTTP_PROCESS');
  assert.equal(protocolHintIn(healthObjectOf('{"interface":"POST /invoke"}')), 'HTTP_INVOKE_SSE');
  assert.equal(protocolHintIn(healthObjectOf('{"endpoints":{"process":"/process"}}')), 'HTTP_PROCESS');
  assert.equal(protocolHintIn(healthObjectOf('{"routes":["/process","/invoke"]}')), undefined);
  assert.equal(protocolHintIn(healthObjectOf('{"protocol":"processing"}')), undefined);
});

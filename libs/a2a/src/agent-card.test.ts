import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cardUrls, readCard, UnreadableCardError } from './agent-card.ts';
import { grpcTarget } from './agent-interface.ts';

const BASE = 'http://agents.test/base/.well-known/agent-card.json';
const about = {
  name: 'A',
  description: 'does',
  version: '1.2.3',
  skills: [{ id: 'sort', tags: ['x', 7] }, 'no skill'],
};

const interfacesOf = (card: object) =>
  readCard({ ...about, ...card }, BASE).interfaces.map(({ dialect, binding, url }) => `${dialect} ${binding} ${url}`);

test('a card of 1.0 has its versions at the interfaces, in the order of preference', () => {
  const supportedInterfaces = [
    { url: 'http://a/rpc/', protocolBinding: 'JSONRPC', protocolVersion: '1.0', tenant: 't' },
    { url: 'http://a/slim', protocolBinding: 'https://example.test/slim', protocolVersion: '1.0' },
    { url: 'a:9000', protocolBinding: 'GRPC', protocolVersion: '1.0.1' },
    { url: '/rest', protocolBinding: 'HTTP+JSON', protocolVersion: '0.3.0' },
    { url: 'http://a/next', protocolBinding: 'HTTP+JSON', protocolVersion: '2.0' },
  ];
  const expected = ['1.0 JSONRPC http://a/rpc', '1.0 GRPC a:9000', '0.3 HTTP+JSON http://agents.test/rest'];
  assert.deepEqual(interfacesOf({ supportedInterfaces, capabilities: { streaming: true } }), expected);
  const card = readCard({ ...about, supportedInterfaces, capabilities: { streaming: true } }, BASE);
  assert.deepEqual([card.streaming, card.interfaces[0].tenant], [true, 't']);
  assert.deepEqual(card.facts, {
    name: 'A',
    description: 'does',
    version: '1.2.3',
    skills: [{ id: 'sort', description: '', tags: ['x'] }],
  });
});

test('a card of 0.3 has one version, a url and further interfaces', () => {
  const card = { url: 'http://a/', protocolVersion: '0.3.0', preferredTransport: 'GRPC' };
  assert.deepEqual(interfacesOf({ url: 'http://a/' }), ['0.3 JSONRPC http://a']);
  const additionalInterfaces = [{ url: 'http://a/rest', transport: 'HTTP+JSON' }];
  assert.deepEqual(interfacesOf({ ...card, additionalInterfaces }), [
    '0.3 GRPC http://a/',
    '0.3 HTTP+JSON http://a/rest',
  ]);
});

test('a card of the draft has its version at the top', () => {
  const supportedInterfaces = [
    { url: 'grpc://localhost:9030', protocolBinding: 'grpc' },
    { url: 'http://localhost:9031', protocolBinding: 'http+json' },
  ];
  const expected = ['1.0-draft GRPC grpc://localhost:9030', '1.0-draft HTTP+JSON http://localhost:9031'];
  assert.deepEqual(interfacesOf({ protocolVersion: 'v1', supportedInterfaces }), expected);
  assert.deepEqual(interfacesOf({ supportsExtendedAgentCard: true, supportedInterfaces }), expected);
});

test('a card that cannot be called says what it has', () => {
  const supportedInterfaces = [{ url: 'http://a', protocolBinding: 'JSONRPC', protocolVersion: '2.0' }];
  assert.throws(
    () => readCard({ ...about, supportedInterfaces }, BASE),
    (error) => error instanceof UnreadableCardError && error.isCard && /JSONRPC 2.0 at http:\/\/a$/.test(error.message),
  );
  assert.throws(() => readCard({ url: 'http://a', protocolVersion: '0.2.5' }, BASE), /JSONRPC 0.2.5/);
});

for (const [what, value] of [
  ['text', 'hello'],
  ['a list', [1]],
  ['null', null],
  ['an object of something else', { status: 'ok' }],
  ['interfaces that are none', { supportedInterfaces: ['http://a', null] }],
] as const) {
  test(`${what} is no card`, () => {
    assert.throws(
      () => readCard(value, BASE),
      (error) => error instanceof UnreadableCardError && !error.isCard,
    );
  });
}

for (const [url, address, tls] of [
  ['localhost:9030', 'localhost:9030', false],
  ['grpc://10.0.0.1:9030/', '10.0.0.1:9030', false],
  ['http://a.test:1', 'a.test:1', false],
  ['https://a.test', 'a.test:443', true],
  ['[::1]:5', '[::1]:5', false],
] as const) {
  test(`${url} is a gRPC server`, () => assert.deepEqual(grpcTarget(url), { address, tls }));
}

test('a URL with a path is no gRPC server', () => assert.equal(grpcTarget('https://a.test/a2a'), undefined));

test('a card is looked for below the base URL and at the origin', () => {
  assert.deepEqual(cardUrls('http://a.test/base/'), [
    'http://a.test/base/.well-known/agent-card.json',
    'http://a.test/base/.well-known/agent.json',
    'http://a.test/.well-known/agent-card.json',
    'http://a.test/.well-known/agent.json',
  ]);
  assert.equal(cardUrls('http://a.test').length, 2);
  assert.deepEqual(cardUrls('http://a.test/cards/one.json'), ['http://a.test/cards/one.json']);
});

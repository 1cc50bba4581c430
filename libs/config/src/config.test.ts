import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { ConfigError } from './config-error.ts';
import { defineConfig } from './config.ts';
import { boolean, durationMs, enumOf, integer, list, number, port, secret, string, url } from './kinds.ts';
import { optional } from './variable.ts';

const spec = defineConfig({
  httpPort: port({ env: 'HTTP_PORT', default: 8080, doc: 'port of the API' }),
  database: {
    url: url({ env: 'DATABASE_URL', protocols: ['postgres', 'postgresql'], doc: 'Postgres to use' }),
    poolSize: integer({ env: 'SKEIN_POOL', min: 1, max: 100, default: 10, doc: 'connections' }),
  },
  agentTimeoutMs: durationMs({ env: 'AGENT_TIMEOUT_MS', default: 300_000, doc: 'longest call of an agent' }),
  logLevel: enumOf(['debug', 'info'], { env: 'LOG_LEVEL', default: 'info', doc: 'least level logged' }),
  peers: list(url, { env: 'SKEIN_PEERS', default: [], doc: 'other instances' }),
  token: optional(secret({ env: 'SKEIN_TOKEN', doc: 'access token' })),
  ratio: number({ env: 'SKEIN_RATIO', min: 0, max: 1, default: 0.01, doc: 'share of traces kept' }),
  dev: boolean({ env: 'SKEIN_DEV', default: false, doc: 'development mode' }),
  node: string({ env: 'SKEIN_NODE', pattern: /^[a-z]+$/, default: 'local', doc: 'name of this node' }),
});

test('reads a typed, frozen, nested configuration with defaults', () => {
  const config = spec.load({
    DATABASE_URL: 'postgres://db/skein',
    AGENT_TIMEOUT_MS: '5s',
    SKEIN_PEERS: 'http://a, http://b',
    SKEIN_DEV: 'yes',
  });
  const timeoutMs: number = config.agentTimeoutMs;
  const level: 'debug' | 'info' = config.logLevel;
  assert.equal(timeoutMs, 5_000);
  assert.equal(level, 'info');
  assert.deepEqual({ ...config.database }, { url: 'postgres://db/skein', poolSize: 10 });
  assert.deepEqual(config.peers, ['http://a', 'http://b']);
  assert.deepEqual([config.httpPort, config.token, config.dev, config.ratio], [8080, undefined, true, 0.01]);
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.database));
});

test('collects every problem with its variable, value, reason and mend', () => {
  const env = {
    HTTP_PORT: '99999',
    SKEIN_POOL: 'many',
    AGENT_TIMEOUT_MS: '5 parsecs',
    LOG_LEVEL: 'loud',
    SKEIN_DEV: 'maybe',
    SKEIN_NODE: 'A1',
    SKEIN_RATIO: '2',
  };
  assert.throws(
    () => spec.load(env),
    (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(
        error.problems.map((problem) => problem.env),
        [
          'HTTP_PORT',
          'DATABASE_URL',
          'SKEIN_POOL',
          'AGENT_TIMEOUT_MS',
          'LOG_LEVEL',
          'SKEIN_RATIO',
          'SKEIN_DEV',
          'SKEIN_NODE',
        ],
      );
      assert.match(error.message, /HTTP_PORT="99999" is above the maximum 65535; write 65535 or less/);
      assert.match(error.message, /DATABASE_URL is not set; set it: Postgres to use/);
      return true;
    },
  );
});

test('an empty variable counts as unset', () => {
  assert.equal(spec.load({ DATABASE_URL: 'postgres://db', HTTP_PORT: ' ' }).httpPort, 8080);
});

test('a URL of the wrong protocol is refused', () => {
  assert.throws(
    () => spec.load({ DATABASE_URL: 'file:orchestrator.db' }),
    /has the protocol file, not postgres or postgresql/,
  );
});

test('a secret never shows', () => {
  const { token } = spec.load({ DATABASE_URL: 'postgres://db', SKEIN_TOKEN: 'hunter2' });
  assert.equal(token?.reveal(), 'hunter2');
  assert.doesNotMatch(`${String(token)} ${JSON.stringify({ token })} ${inspect({ token })}`, /hunter2/);
});

test('the reference lists every variable with kind and default', () => {
  const byName = new Map(spec.variables().map((line) => [line.env, line]));
  assert.equal(byName.size, 10);
  assert.equal(byName.get('DATABASE_URL')?.defaultValue, undefined);
  assert.equal(byName.get('AGENT_TIMEOUT_MS')?.defaultValue, '5m');
  assert.equal(byName.get('LOG_LEVEL')?.kind, 'debug | info');
});

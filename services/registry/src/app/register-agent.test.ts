import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_FACTS } from '../domain/agent-facts.ts';
import { agentRecord, versionRecord } from '../testing/agent-records.ts';
import { DESCRIBE_TIMEOUT_MS, type AgentContact } from './agent-contact.ts';
import type { AgentStore } from './agent-store.ts';
import { registerAgent, type Registration } from './register-agent.ts';
import { ProtocolUndecidedError } from './registry-errors.ts';

const REGISTRATION: Registration = {
  key: { namespace: 'default', agentId: 'a' },
  given: NO_FACTS,
  agentType: '',
  protocol: undefined,
  endpoints: ['host:1'],
  labels: {},
  config: undefined,
  timeoutMs: undefined,
  probe: undefined,
  credentials: undefined,
  routing: undefined,
  leaseTtlMs: undefined,
  replaceVersions: false,
  allowDowngrade: false,
  createOnly: false,
};

/** An agent that takes the question and never answers. */
function hangs(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

const silent: AgentContact = {
  check: (_endpoint, signal) => hangs(signal),
  describe: (_endpoint, signal) => hangs(signal),
  detect: (_endpoint, signal) => hangs(signal),
  forget: () => {},
  [Symbol.asyncDispose]: async () => {},
};

const contacts = { grpc: silent, http: silent };

/** A store that knows nothing and shows what it is given. */
const store = {
  async change(key, decide) {
    const details = decide(undefined)?.details;
    assert.ok(details);
    return { before: undefined, agent: { ...agentRecord([versionRecord(details)]), ...key } };
  },
} as Partial<AgentStore> as AgentStore;

test('an agent that never answers leaves its protocol open', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const registering = registerAgent({ store, contacts }, REGISTRATION, new AbortController().signal);
  t.mock.timers.tick(DESCRIBE_TIMEOUT_MS);
  await assert.rejects(registering, (error) => {
    assert.ok(error instanceof ProtocolUndecidedError);
    assert.match(error.message, /no answer within 5000 ms/);
    return true;
  });
});

test('an agent that never answers is registered all the same when its protocol is given', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const registering = registerAgent(
    { store, contacts },
    { ...REGISTRATION, protocol: 'GRPC' },
    new AbortController().signal,
  );
  t.mock.timers.tick(DESCRIBE_TIMEOUT_MS);
  assert.equal((await registering).agent.versions[0].version, '0.0.0');
});

test('whoever registers may give up', async () => {
  const over = new AbortController();
  const registering = registerAgent({ store, contacts }, REGISTRATION, over.signal);
  over.abort(new Error('given up'));
  await assert.rejects(registering, /given up/);
});

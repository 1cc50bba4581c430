/** A2A agents that lie, break off, or never end. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import { freePort } from '@skein/testkit';
import type { Request, Response } from 'express';
import { startA2aAgent, type A2aAgent, type A2aAgentOptions } from '../../testing/a2a-agent.ts';
import { dataPart, textPart } from '../../testing/a2a-reply.ts';
import { failureIn, outputOf, startStage } from '../../testing/executor-stage.ts';
import type { TaskOptions } from '../../testing/fake-scheduler.ts';

const JSON_RPC: A2aAgentOptions = { binding: 'JSONRPC', version: '1.0' };

async function failureAt(endpoint: string, options: TaskOptions = {}) {
  await using stage = await startStage({
    prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.A2A, endpoint),
  });
  return failureIn(await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', 'hello', options), 20_000));
}

/** An agent whose answers to POST are made by hand. */
const answering = (answer: (response: Response) => void, options: Partial<A2aAgentOptions> = {}): Promise<A2aAgent> =>
  startA2aAgent(
    {
      ...JSON_RPC,
      ...options,
      intercept: (request: Request, response: Response) => {
        if (request.method !== 'POST') return false;
        answer(response);
        return true;
      },
    },
    () => {},
  );

const withCard = (card: object) => startA2aAgent({ ...JSON_RPC, card }, (reply) => reply.message([textPart('hi')]));

suite('cards that lie', () => {
  test('about where the agent is', async () => {
    const url = `http://127.0.0.1:${await freePort()}/rpc`;
    await using agent = await withCard({
      supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
    });
    const failure = await failureAt(agent.url);
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_UNREACHABLE', true]);
  });

  test('about the binding', async () => {
    await using agent = await startA2aAgent(JSON_RPC, () => {});
    const url = `${agent.url}/rpc`;
    const supportedInterfaces = [{ url, protocolBinding: 'HTTP+JSON', protocolVersion: '1.0' }];
    await using liar = await withCard({ supportedInterfaces });
    const failure = await failureAt(liar.url);
    assert.equal(failure.code, 'AGENT_ERROR_STATUS');
    assert.equal(failure.retryable, false);
  });

  test('about the version', async () => {
    await using agent = await startA2aAgent({ ...JSON_RPC, version: '0.3' }, () => {});
    const supportedInterfaces = [{ url: `${agent.url}/rpc`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }];
    await using newer = await withCard({ supportedInterfaces, capabilities: {} });
    const early = await failureAt(newer.url);
    assert.deepEqual([early.code, early.retryable], ['VERSION_NOT_SUPPORTED', true]);
    await using current = await startA2aAgent(JSON_RPC, () => {});
    const legacy = {
      supportedInterfaces: undefined,
      url: `${current.url}/rpc`,
      preferredTransport: 'JSONRPC',
      protocolVersion: '0.3.0',
    };
    await using older = await withCard(legacy);
    const late = await failureAt(older.url);
    assert.deepEqual([late.code, late.retryable], ['VERSION_NOT_SUPPORTED', true]);
  });

  test('about streaming are forgiven', async () => {
    await using agent = await startA2aAgent(
      {
        ...JSON_RPC,
        streaming: false,
        card: { capabilities: { streaming: true } },
      },
      (reply) => reply.message([textPart('hi')]),
    );
    await using stage = await startStage({
      prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.A2A, agent.url),
    });
    const report = await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', 'hello'));
    assert.deepEqual(outputOf(report), { response: 'hi' });
  });

  test('and are right the next time are read again', async () => {
    let card: object = {
      supportedInterfaces: [
        { url: `http://127.0.0.1:${await freePort()}`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
      ],
    };
    await using agent = await startA2aAgent(
      {
        ...JSON_RPC,
        get card() {
          return card;
        },
      },
      (reply) => reply.message([textPart('hi')]),
    );
    await using stage = await startStage({
      prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.A2A, agent.url),
    });
    const ask = () => stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', 'hello'));
    assert.equal(failureIn(await ask()).code, 'AGENT_UNREACHABLE');
    card = {};
    assert.deepEqual(outputOf(await ask()), { response: 'hi' });
  });

  for (const [what, card] of [
    [
      'no interface that is spoken here',
      { supportedInterfaces: [{ url: 'http://a.test', protocolBinding: 'JSONRPC', protocolVersion: '2.0' }] },
    ],
    ['no interface at all', { supportedInterfaces: [] }],
  ] as const) {
    test(`and have ${what} break the protocol`, async () => {
      await using agent = await withCard(card);
      const failure = await failureAt(agent.url);
      assert.deepEqual([failure.code, failure.retryable], ['AGENT_PROTOCOL_VIOLATION', true]);
      assert.notEqual(failure.remedy, '');
    });
  }

  for (const [what, body] of [
    ['garbage', '{"name": '],
    ['larger than any card', ' '.repeat(300 * 1024)],
  ] as const) {
    test(`and are ${what} break the protocol`, async () => {
      await using agent = await startA2aAgent(
        { ...JSON_RPC, intercept: (_request, response) => (response.type('json').send(body), true) },
        () => {},
      );
      assert.equal((await failureAt(agent.url)).code, 'AGENT_PROTOCOL_VIOLATION');
    });
  }

  test('and are missing break the protocol, and a server that is missing is not there', async () => {
    await using agent = await startA2aAgent(
      { ...JSON_RPC, intercept: (_request, response) => (response.status(404).end(), true) },
      () => {},
    );
    assert.equal((await failureAt(`http://127.0.0.1:${await freePort()}`)).code, 'AGENT_UNREACHABLE');
    assert.equal((await failureAt(`127.0.0.1:${await freePort()}`)).code, 'AGENT_UNREACHABLE');
    assert.equal((await failureAt(agent.url)).code, 'AGENT_PROTOCOL_VIOLATION');
  });
});

suite('answers that break the protocol', () => {
  const violations: Record<string, (response: Response) => void> = {
    'text instead of JSON': (response) => void response.type('html').send('<p>hi</p>'),
    'garbage under a JSON type': (response) => void response.type('json').send('{"jsonrpc": '),
    'another envelope': (response) => void response.json({ jsonrpc: '1.0', id: 1, result: {} }),
    'another id': (response) => void response.json({ jsonrpc: '2.0', id: 99, result: {} }),
    'an empty result': (response) => void response.json({ jsonrpc: '2.0', id: 1, result: {} }),
    'a stream of garbage': (response) => void response.type('text/event-stream').send('data: {"jsonrpc"\n\n'),
    'a stream of other things': (response) =>
      void response.type('text/event-stream').send('data: {"jsonrpc":"2.0","id":1,"result":{"kind":"x"}}\n\n'),
    'a stream of nothing': (response) => void response.type('text/event-stream').send(''),
  };
  for (const [what, answer] of Object.entries(violations)) {
    for (const streaming of [true, false]) {
      test(`${what}, ${streaming ? '' : 'not '}streaming`, async () => {
        await using agent = await answering(answer, { streaming });
        const failure = await failureAt(agent.url);
        assert.deepEqual([failure.code, failure.retryable], ['AGENT_PROTOCOL_VIOLATION', true], failure.message);
      });
    }
  }

  test('garbage in 0.3, and in REST', async () => {
    const strange = { kind: 'task', id: 1, status: 'done', artifacts: [{ parts: [null] }] };
    await using older = await answering((response) => void response.json({ jsonrpc: '2.0', id: 1, result: strange }), {
      version: '0.3',
      streaming: false,
    });
    await using rest = await answering(
      (response) => void response.type('text/event-stream').send('data: {"task"\n\n'),
      { binding: 'HTTP+JSON' },
    );
    for (const agent of [older, rest]) {
      const failure = await failureAt(agent.url);
      assert.deepEqual([failure.code, failure.retryable], ['AGENT_PROTOCOL_VIOLATION', true], failure.message);
    }
  });

  for (const [status, retryable] of [
    [401, false],
    [404, false],
    [429, true],
    [503, true],
  ] as const) {
    test(`status ${status} is ${retryable ? '' : 'not '}retried`, async () => {
      await using agent = await answering((response) => {
        response.setHeader('retry-after', '3');
        response.status(status).json({ detail: 'so it is' });
      });
      const failure = await failureAt(agent.url);
      assert.deepEqual([failure.code, failure.retryable], ['AGENT_ERROR_STATUS', retryable]);
      assert.match(failure.message, /so it is$/);
      assert.equal(failure.retryAfter?.seconds, retryable ? 3n : undefined);
    });
  }

  for (const [code, expected, retryable] of [
    [-32_005, 'CONTENT_TYPE_NOT_SUPPORTED', false],
    [-32_006, 'INVALID_AGENT_RESPONSE', true],
    [-32_008, 'EXTENSION_SUPPORT_REQUIRED', false],
    [-32_009, 'VERSION_NOT_SUPPORTED', true],
    [-32_600, 'INVALID_PARAMS', false],
    [-32_601, 'AGENT_PROTOCOL_VIOLATION', true],
    [-32_602, 'INVALID_PARAMS', false],
    [-32_603, 'AGENT_ERROR_STATUS', true],
  ] as const) {
    test(`error ${code} is ${expected}`, async () => {
      const error = { code, message: 'so it is' };
      await using agent = await answering((response) => void response.json({ jsonrpc: '2.0', id: 1, error }));
      const failure = await failureAt(agent.url);
      assert.deepEqual([failure.code, failure.retryable], [expected, retryable]);
      assert.match(failure.message, /so it is/);
    });
  }
});

suite('answers that are too large, or never end', () => {
  test('an endless answer is broken off', async () => {
    await using agent = await answering(
      (response) => {
        response.type('json');
        Readable.from(endless('x'.repeat(64 * 1024))).pipe(response);
      },
      { streaming: false },
    );
    const failure = await failureAt(agent.url);
    assert.deepEqual([failure.code, failure.retryable], ['PAYLOAD_TOO_LARGE', false]);
  });

  test('a stream that nobody asked for is not read', async () => {
    await using agent = await answering(
      (response) => {
        response.type('text/event-stream');
        Readable.from(endless(': still here\n\n')).pipe(response);
      },
      { streaming: false },
    );
    const failure = await failureAt(agent.url);
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_PROTOCOL_VIOLATION', true]);
  });

  for (const streaming of [true, false]) {
    test(`a message over gRPC that is too large is named, ${streaming ? '' : 'not '}streaming`, async () => {
      await using agent = await startA2aAgent({ binding: 'GRPC', version: '1.0', streaming }, (reply) =>
        reply.begin().done([textPart('x'.repeat(5 * 1024 * 1024))]),
      );
      const failure = await failureAt(agent.url);
      assert.deepEqual([failure.code, failure.retryable], ['PAYLOAD_TOO_LARGE', false]);
    });
  }

  test('an endless event is broken off', async () => {
    await using agent = await answering((response) => {
      response.type('text/event-stream');
      Readable.from(endless(`data: ${'x'.repeat(64 * 1024)}`)).pipe(response);
    });
    const failure = await failureAt(agent.url);
    assert.deepEqual([failure.code, failure.retryable], ['PAYLOAD_TOO_LARGE', false]);
  });

  for (const [what, part] of [
    ['text', textPart('x'.repeat(64 * 1024))],
    ['data', dataPart({ value: 'x'.repeat(64 * 1024) })],
  ] as const) {
    test(`artifacts of ${what} without an end are broken off`, async () => {
      await using agent = await startA2aAgent(JSON_RPC, (reply) => {
        reply.begin();
        for (let at = 0; at < 100; at += 1) reply.artifact('answer', [part], at > 0);
        reply.done();
      });
      const failure = await failureAt(agent.url);
      assert.deepEqual([failure.code, failure.retryable], ['PAYLOAD_TOO_LARGE', false]);
    });
  }

  test('a task with an endless id is not remembered', async () => {
    const task = { id: 'x'.repeat(2000), contextId: 'c', status: { state: 'TASK_STATE_WORKING' } };
    await using agent = await answering((response) => void response.json({ jsonrpc: '2.0', id: 1, result: { task } }), {
      streaming: false,
    });
    assert.equal((await failureAt(agent.url)).code, 'AGENT_PROTOCOL_VIOLATION');
  });

  test('an agent that says nothing is stopped at the timeout', async () => {
    await using agent = await answering(() => {});
    const failure = await failureAt(agent.url, { startToCloseMs: 200 });
    assert.deepEqual([failure.code, failure.retryable], ['TIMEOUT', true]);
  });

  test('a task that works for ever is stopped at the timeout, and told', async () => {
    const over = Promise.withResolvers<void>();
    await using agent = await startA2aAgent(JSON_RPC, async (reply) => {
      reply.begin().working('and on');
      await over.promise;
    });
    const failure = await failureAt(agent.url, { startToCloseMs: 300 });
    over.resolve();
    assert.equal(failure.code, 'TIMEOUT');
    assert.deepEqual(agent.cancelled, [agent.executed[0]?.taskId]);
  });
});

function* endless(text: string): Generator<string> {
  for (;;) yield text;
}

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createMemoryBus, createNatsBus, type EventBus } from '@skein/bus';
import { connected } from '@skein/bus/testing';
import { MessageState, type AgentMessage, type SubscribeMessagesResponse } from '@skein/contracts/eventlog';
import { jsonOfValue, valueOfJson } from '@skein/events';
import { reasonOf } from '@skein/rpc';
import { eventually, natsServer, type NatsServer } from '@skein/testkit';
import { eventLogUnderTest, type EventLogUnderTest } from './testing/event-log-under-test.ts';
import { lossyBus } from './testing/lossy-bus.ts';
import { newRun, what } from './testing/sample-events.ts';

let nats: NatsServer;
let installations = 0;

before(async () => {
  nats = await natsServer();
});
after(() => nats[Symbol.asyncDispose]());

const buses: Record<string, () => Promise<EventBus>> = {
  memory: async () => createMemoryBus(),
  'memory that loses every notice': async () =>
    lossyBus({ tail: () => false, taskEvents: () => false, mailboxNotices: () => true }),
  nats: () => {
    installations += 1;
    return connected(createNatsBus({ servers: nats.url, subjectPrefix: `messages-${installations}` }));
  },
};

const NOW = { seconds: 0n };
const bodies = (messages: readonly AgentMessage[]) => messages.map(({ payload }) => jsonOfValue(payload));
const reason = (expected: string) => (error: unknown) => reasonOf(error) === expected;

function sendTo(log: EventLogUnderTest, toAgent: string, fromAgent = 'a') {
  return (payload: number | string) =>
    log.messages.sendMessage({ toAgent, message: { fromAgent, payload: valueOfJson(payload) } });
}

async function follow(stream: AsyncIterable<SubscribeMessagesResponse>, count: number) {
  const messages: AgentMessage[] = [];
  let cursor = '';
  for await (const response of stream) {
    cursor = response.cursor;
    if (response.item.case === 'message') messages.push(response.item.value);
    if (messages.length === count) break;
  }
  return { bodies: bodies(messages), cursor };
}

for (const [name, openBus] of Object.entries(buses)) {
  describe(`messages over ${name}`, { concurrency: 3 }, () => {
    const messageTest = (title: string, body: (log: EventLogUnderTest) => Promise<void>): void => {
      void test(title, { timeout: 60_000 }, async () => {
        await using bus = await openBus();
        await using log = await eventLogUnderTest(bus);
        await body(log);
      });
    };

    messageTest('what one agent sends another receives once it is acknowledged, with everything in it', async (log) => {
      const waiting = log.messages.receiveMessages({ agentId: 'b', timeout: { seconds: 20n } });
      const { message: sent, created } = await log.messages.sendMessage({
        toAgent: 'b',
        message: {
          fromAgent: 'a',
          payload: valueOfJson({ n: [1, null, 'ä'] }),
          metadata: { kind: 'test' },
          correlationId: 'c-1',
          sessionId: 's-1',
        },
      });
      assert.ok(sent && created);
      const { messages, cursor } = await waiting;
      const [message] = messages;
      assert.deepEqual(jsonOfValue(message?.payload), { n: [1, null, 'ä'] });
      assert.deepEqual(
        [message?.messageId, message?.fromAgent, message?.to, message?.metadata, message?.correlationId],
        [sent.messageId, 'a', { case: 'toAgent', value: 'b' }, { kind: 'test' }, 'c-1'],
      );
      assert.deepEqual([message?.state, message?.deliveryCount], [MessageState.DELIVERED, 1]);
      const next = await log.messages.receiveMessages({ agentId: 'b', cursor, timeout: NOW });
      assert.deepEqual([next.messages, next.cursor], [[], '']);
      const { message: later } = await log.messages.getMessage({ messageId: sent.messageId });
      assert.equal(later?.state, MessageState.ACKNOWLEDGED);
      assert.ok(later.acknowledgedAt);
    });

    messageTest('a topic is replayed from a cursor and then followed, without a gap or a repeat', async (log) => {
      const publish = (payload: number) =>
        log.messages.publishMessage({ topic: 'news', message: { fromAgent: 'a', payload: valueOfJson(payload) } });
      for (const n of [1, 2, 3]) await publish(n);
      const first = await follow(log.messages.subscribeMessages({ topic: 'news' }), 2);
      assert.deepEqual(first.bodies, [1, 2]);
      const rest = follow(log.messages.subscribeMessages({ topic: 'news', cursor: first.cursor }), 41);
      await Promise.all(Array.from({ length: 40 }, (_, index) => publish(index + 4)));
      const { bodies: seen } = await rest;
      assert.deepEqual([seen[0], seen.length, new Set(seen).size], [3, 41, 41]);
      const again = await follow(log.messages.subscribeMessages({ topic: 'news' }), 43);
      assert.deepEqual(again.bodies, [1, 2, ...seen], 'everybody sees one order');
    });

    messageTest('who sends and waits gets the answer, and gets it again', async (log) => {
      const messageId = randomUUID();
      const ask = () =>
        log.messages.sendMessage({
          toAgent: 'b',
          message: { messageId, fromAgent: 'a', payload: valueOfJson('ping') },
          replyTimeout: { seconds: 30n },
        });
      const asking = ask();
      const { messages } = await log.messages.receiveMessages({ agentId: 'b', timeout: { seconds: 20n } });
      assert.equal(messages[0]?.messageId, messageId);
      await log.messages.sendMessage({ message: { fromAgent: 'b', replyTo: messageId, payload: valueOfJson('pong') } });
      const { reply } = await asking;
      assert.deepEqual([jsonOfValue(reply?.payload), reply?.to.value], ['pong', 'a']);
      const second = await ask();
      assert.deepEqual([second.created, second.reply?.messageId], [false, reply?.messageId]);
      const inbox = await log.messages.receiveMessages({ agentId: 'a', timeout: NOW });
      assert.deepEqual(inbox.messages, [], 'the answer was taken by the call that waited for it');
    });
  });
}

describe('messages', { concurrency: 4 }, () => {
  const messageTest = (title: string, body: (log: EventLogUnderTest) => Promise<void>): void => {
    void test(title, { timeout: 60_000 }, async () => {
      await using bus = createMemoryBus();
      await using log = await eventLogUnderTest(bus);
      await body(log);
    });
  };

  messageTest(
    'what is not acknowledged comes again; nobody else gets it, or later ones of its sender, before',
    async (log) => {
      const [fromA, fromC] = [sendTo(log, 'b'), sendTo(log, 'b', 'c')];
      for (const n of [1, 2, 3]) await fromA(n);
      await fromC('x');
      const visibilityTimeout = { nanos: 200_000_000 };
      const first = await log.messages.receiveMessages({ agentId: 'b', maxMessages: 2, visibilityTimeout });
      assert.deepEqual(bodies(first.messages), [1, 2]);
      const other = await log.messages.receiveMessages({ agentId: 'b', maxMessages: 100, timeout: NOW });
      assert.deepEqual(bodies(other.messages), ['x'], 'the third of this sender waits for the first two');
      const again = await log.messages.receiveMessages({ agentId: 'b', maxMessages: 100, timeout: { seconds: 20n } });
      assert.deepEqual(bodies(again.messages), [1, 2, 3]);
      assert.deepEqual(
        again.messages.map((it) => it.deliveryCount),
        [2, 2, 1],
      );
      await log.messages.receiveMessages({ agentId: 'b', cursor: first.cursor, timeout: NOW });
      const { message } = await log.messages.getMessage({ messageId: again.messages[0]?.messageId ?? '' });
      assert.equal(message?.state, MessageState.DELIVERED, 'a cursor acknowledges only what its receiver still has');
      const messageIds = again.messages.map((it) => it.messageId);
      assert.equal((await log.messages.acknowledgeMessages({ messageIds })).acknowledgedCount, 3);
      assert.equal((await log.messages.acknowledgeMessages({ messageIds })).acknowledgedCount, 0);
    },
  );

  messageTest('many receivers of one mailbox: every message once, and of each sender in order', async (log) => {
    const senders = ['s1', 's2', 's3', 's4'];
    const perSender = 25;
    await Promise.all(
      senders.map(async (sender) => {
        for (let n = 0; n < perSender; n += 1) await sendTo(log, 'pool', sender)(n);
      }),
    );
    const handled = new Map<string, unknown[]>(senders.map((sender) => [sender, []]));
    let total = 0;
    const receiver = async () => {
      let cursor = '';
      while (total < senders.length * perSender) {
        const asked = { agentId: 'pool', maxMessages: 3, cursor, timeout: { nanos: 50_000_000 } };
        const answer = await log.messages.receiveMessages(asked);
        ({ cursor } = answer);
        for (const { fromAgent, payload } of answer.messages) handled.get(fromAgent)?.push(jsonOfValue(payload));
        total += answer.messages.length;
      }
    };
    await Promise.all(Array.from({ length: 5 }, receiver));
    const inOrder = Array.from({ length: perSender }, (_, n) => n);
    for (const sender of senders) assert.deepEqual(handled.get(sender), inOrder, sender);
  });

  messageTest('the same id with the same content is one message; with other content nothing changes', async (log) => {
    const messageId = randomUUID();
    const send = (payload: string, toAgent = 'b') =>
      log.messages.sendMessage({ toAgent, message: { messageId, fromAgent: 'a', payload: valueOfJson(payload) } });
    const all = await Promise.all(Array.from({ length: 8 }, () => send('same')));
    assert.equal(all.filter(({ created }) => created).length, 1);
    await assert.rejects(send('other'), reason('MESSAGE_ID_REUSED'));
    await assert.rejects(send('same', 'c'), reason('MESSAGE_ID_REUSED'));
    const { messages } = await log.messages.listMessages({ agentId: 'a' });
    assert.deepEqual(bodies(messages), ['same']);
  });

  messageTest('messages are listed page by page, newest first, by agent, session, run and topic', async (log) => {
    const run = newRun();
    await log.scheduler.commit(run, [what.runStarted()]);
    for (let n = 0; n < 5; n += 1) {
      await log.messages.sendMessage({
        toAgent: 'b',
        message: { fromAgent: 'a', runId: run.runId, sessionId: 's', payload: valueOfJson(n) },
      });
    }
    await log.messages.sendMessage({ toSession: 's', message: { fromAgent: 'user', payload: valueOfJson('hi') } });
    await log.messages.publishMessage({ topic: 't', message: { fromAgent: 'a', payload: valueOfJson('t') } });
    const listed = async (filter: object) => bodies((await log.messages.listMessages(filter)).messages);
    assert.deepEqual(await listed({ runId: run.runId }), [4, 3, 2, 1, 0]);
    assert.deepEqual(await listed({ agentId: 'b' }), [4, 3, 2, 1, 0]);
    assert.deepEqual(await listed({ agentId: 'a', pageSize: 2 }), ['t', 4]);
    assert.deepEqual(await listed({ sessionId: 's' }), ['hi', 4, 3, 2, 1, 0]);
    assert.deepEqual(await listed({ topic: 't' }), ['t']);
    assert.deepEqual(await listed({ topic: 't', namespace: 'other' }), []);
    const pages: unknown[][] = [];
    let pageToken = '';
    do {
      const page = await log.messages.listMessages({ runId: run.runId, pageSize: 2, pageToken });
      pages.push(bodies(page.messages));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    assert.deepEqual(pages, [[4, 3], [2, 1], [0]]);
    const session = await log.messages.receiveMessages({ sessionId: 's', timeout: NOW });
    assert.deepEqual(bodies(session.messages), ['hi']);
  });

  messageTest('a broadcast reaches each recipient once, also when it is sent again', async (log) => {
    const run = newRun();
    await log.scheduler.commit(run, [
      what.runStarted(),
      what.nodeScheduled('a'),
      what.agentInvokeStarted(what.ref('a')),
    ]);
    await sendTo(log, 'elsewhere')('unrelated');
    await log.messages.sendMessage({ toAgent: 'writer', message: { fromAgent: 'editor', runId: run.runId } });
    const request = {
      toAgents: ['extra'],
      toParticipants: true,
      message: { messageId: randomUUID(), fromAgent: 'editor', runId: run.runId, payload: valueOfJson('all') },
    };
    const { results, broadcastId } = await log.messages.broadcastMessage(request);
    assert.deepEqual(
      results.map(({ toAgent, sent }) => [toAgent, sent]),
      ['called', 'extra', 'writer'].map((it) => [it, true]),
    );
    assert.deepEqual(await log.messages.broadcastMessage(request), {
      $typeName: 'skein.eventlog.v1.BroadcastMessageResponse',
      broadcastId,
      results,
    });
    const { messages } = await log.messages.listMessages({ agentId: 'extra' });
    assert.deepEqual(
      messages.map((it) => [it.correlationId, it.messageId]),
      [[broadcastId, results.find((it) => it.toAgent === 'extra')?.messageId]],
    );
  });

  messageTest('an expired message is not received, and its answer is not awaited for ever', async (log) => {
    const message = { fromAgent: 'a', timeToLive: { nanos: 1_000_000 } };
    const { message: sent, reply } = await log.messages.sendMessage({
      toAgent: 'b',
      message,
      replyTimeout: { nanos: 50_000_000 },
    });
    assert.equal(reply, undefined);
    assert.ok(sent);
    const { messages } = await log.messages.receiveMessages({ agentId: 'b', timeout: NOW });
    assert.deepEqual(messages, []);
    const read = await log.messages.getMessage({ messageId: sent.messageId });
    assert.equal(read.message?.state, MessageState.EXPIRED);
    const late = await log.messages.acknowledgeMessages({ messageIds: [sent.messageId] });
    assert.equal(late.acknowledgedCount, 0);
  });

  messageTest('messages survive a restart, and go with the run they belong to', async (log) => {
    const run = newRun();
    await log.scheduler.commit(run, [what.runStarted(), what.runDone()]);
    const ofRun = await log.messages.sendMessage({ toAgent: 'b', message: { runId: run.runId } });
    const free = await sendTo(log, 'b')('free');
    await log.restart();
    log.scheduler.delete(run);
    await eventually(
      () =>
        log.messages
          .getMessage({ messageId: ofRun.message?.messageId ?? '' })
          .then(() => false, reason('MESSAGE_NOT_FOUND')),
      { describe: 'the message goes with its run', timeoutMs: 20_000 },
    );
    assert.ok((await log.messages.getMessage({ messageId: free.message?.messageId ?? '' })).message);
    const late = log.messages.sendMessage({ toAgent: 'b', message: { runId: run.runId } });
    await assert.rejects(late, reason('RUN_NOT_FOUND'));
  });

  messageTest('what is wrong is named, and nothing is stored', async (log) => {
    const { messages } = log;
    const refused = async (call: Promise<unknown>, expected: string) =>
      assert.rejects(call, reason(expected), expected);
    await refused(messages.sendMessage({ message: {} }), 'INVALID_FIELD');
    await refused(messages.sendMessage({ toAgent: 'b' }), 'INVALID_FIELD');
    await refused(messages.sendMessage({ toAgent: 'b', toSession: 's', message: {} }), 'INVALID_FIELD');
    await refused(messages.sendMessage({ toAgent: 'x'.repeat(257), message: {} }), 'INVALID_FIELD');
    await refused(messages.sendMessage({ toAgent: 'b', message: { messageId: '7' } }), 'INVALID_FIELD');
    await refused(messages.sendMessage({ toAgent: 'b', message: {}, replyTimeout: { seconds: 61n } }), 'INVALID_FIELD');
    await refused(messages.sendMessage({ toAgent: 'b', message: { timeToLive: NOW } }), 'INVALID_FIELD');
    const large = valueOfJson('x'.repeat(256 * 1024));
    await refused(messages.sendMessage({ toAgent: 'b', message: { payload: large } }), 'PAYLOAD_TOO_LARGE');
    await refused(messages.sendMessage({ toAgent: 'b', message: { runId: newRun().runId } }), 'RUN_NOT_FOUND');
    await refused(messages.sendMessage({ message: { replyTo: randomUUID() } }), 'MESSAGE_NOT_FOUND');
    await refused(messages.publishMessage({ message: {} }), 'INVALID_FIELD');
    await refused(messages.receiveMessages({}), 'INVALID_FIELD');
    await refused(messages.receiveMessages({ agentId: 'b', maxMessages: 101 }), 'INVALID_FIELD');
    await refused(messages.receiveMessages({ agentId: 'b', cursor: 'nonsense' }), 'INVALID_CURSOR');
    await refused(messages.listMessages({}), 'INVALID_FIELD');
    await refused(messages.listMessages({ agentId: 'b', pageToken: 'nonsense' }), 'INVALID_CURSOR');
    await refused(messages.acknowledgeMessages({}), 'INVALID_FIELD');
    await refused(messages.broadcastMessage({ message: {} }), 'INVALID_FIELD');
    await refused(messages.broadcastMessage({ message: {}, toParticipants: true }), 'INVALID_FIELD');
    const listed = await messages.listMessages({ agentId: 'b' });
    assert.deepEqual(listed.messages, []);
  });
});

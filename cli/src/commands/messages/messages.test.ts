import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import {
  AgentMessageSchema,
  MessageService,
  MessageState,
  type AcknowledgeMessagesRequest,
  type ReceiveMessagesRequest,
  type SendMessageRequest,
} from '@skein/contracts/eventlog';
import { skeinError } from '@skein/rpc';
import { jsonOfValue, valueOfJson } from '../../api/wire-values.ts';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const MESSAGE = create(AgentMessageSchema, {
  messageId: 'm-1',
  namespace: 'default',
  fromAgent: 'editor',
  to: { case: 'toAgent', value: 'writer' },
  payload: valueOfJson({ draft: 3 }),
  sentAt: { seconds: 0n },
  state: MessageState.WAITING,
});
const LINE = '00:00:00.000 editor → writer {"draft":3} waiting m-1\n';

async function platformOf() {
  const asked: (SendMessageRequest | ReceiveMessagesRequest | AcknowledgeMessagesRequest)[] = [];
  const platform = await fakePlatform(({ service }) =>
    service(MessageService, {
      sendMessage(request) {
        asked.push(request);
        return { message: MESSAGE, created: true, ...(request.toAgent === 'quick' ? { reply: MESSAGE } : {}) };
      },
      receiveMessages(request) {
        asked.push(request);
        return { messages: request.sessionId === '' ? [MESSAGE] : [] };
      },
      acknowledgeMessages(request) {
        asked.push(request);
        return { acknowledgedCount: 1 };
      },
      publishMessage: ({ topic }) => ({ message: { ...MESSAGE, to: { case: 'topic', value: topic } }, created: false }),
      async *subscribeMessages() {
        for (const cursor of ['1', '2', '3']) yield { item: { case: 'message', value: MESSAGE }, cursor };
      },
      broadcastMessage: ({ toAgents }) => ({
        results: toAgents.map((toAgent) => ({
          toAgent,
          messageId: `m-${toAgent}`,
          sent: toAgent !== 'c',
          ...(toAgent === 'c' ? { failure: { message: 'not this one' } } : {}),
        })),
      }),
      listMessages({ agentId }) {
        if (agentId === 'writer') return { messages: [MESSAGE] };
        throw skeinError({ reason: 'INVALID_FIELD', code: Code.InvalidArgument, message: 'give one of them' });
      },
    }),
  );
  return { platform, asked };
}

test('a message is sent with all that belongs to it, and its answer is waited for', async () => {
  const { platform, asked } = await platformOf();
  await using _ = platform;
  const skein = (...args: string[]) => useCli(['--api', platform.url, 'messages', ...args]);
  const options = ['--from', 'editor', '--metadata', 'a=b', '--session', 's', '--ttl', '1h', '--correlation-id', 'c'];
  const sent = await skein('send', '{"draft":3}', '--to', 'writer', ...options);
  assert.deepEqual([sent.code, sent.stdout], [EXIT.ok, LINE]);
  const [first] = asked as SendMessageRequest[];
  assert.ok(first?.message);
  assert.partialDeepStrictEqual(first.message, { fromAgent: 'editor', metadata: { a: 'b' }, correlationId: 'c' });
  assert.deepEqual([first.message?.timeToLive?.seconds, jsonOfValue(first.message?.payload)], [3600n, { draft: 3 }]);
  const answered = await skein('send', '1', '--to', 'quick', '--wait', '30s');
  assert.deepEqual([answered.code, answered.stdout], [EXIT.ok, LINE + LINE]);
  const unanswered = await skein('send', '1', '--to', 'slow', '--wait', '1s');
  assert.deepEqual(
    [unanswered.code, unanswered.stderr],
    [EXIT.timedOut, 'no answer yet; send again with --message-id m-1 to wait on\n'],
  );
  assert.notEqual((await skein('send', 'no json', '--to', 'x')).code, EXIT.ok);
});

test('messages are received and acknowledged, published, followed, broadcast and listed', async () => {
  const { platform, asked } = await platformOf();
  await using _ = platform;
  const skein = (...args: string[]) => useCli(['--api', platform.url, 'messages', ...args]);
  assert.equal((await skein('receive', 'writer', '--ack', '--wait', '0s')).stdout, LINE);
  assert.partialDeepStrictEqual(asked, [{ agentId: 'writer', maxMessages: 10 }, { messageIds: ['m-1'] }]);
  assert.match((await skein('receive', 's-1', '--session')).stderr, /no messages/);
  const published = await skein('publish', 'news', '1');
  assert.match(published.stdout, /→ topic\/news/);
  assert.match(published.stderr, /published before/);
  const followed = await skein('subscribe', 'news', '--count', '2', '-o', 'json');
  const cursors = followed.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { cursor: string }).cursor);
  assert.deepEqual(cursors, ['1', '2']);
  assert.equal((await skein('broadcast', '1', '--to', 'a', '--to', 'b')).stdout, '✓ a m-a\n✓ b m-b\n');
  const partly = await skein('broadcast', '1', '--to', 'a', '--to', 'c');
  assert.deepEqual([partly.code, partly.stdout], [EXIT.unsuccessful, '✓ a m-a\n✗ c not this one\n']);
  assert.equal((await skein('list', '--agent', 'writer')).stdout, LINE);
  assert.match((await skein('list')).stderr, /give one of them/);
});

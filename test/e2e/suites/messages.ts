import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { spawnProcess } from '@skein/testkit';
import { cleanEnvironment, ROOT } from '../harness/skein.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'messages';

interface Shown {
  readonly message_id: string;
  readonly payload: unknown;
  readonly from_agent?: string;
}

/** Messages between agents, through the command line and the API. */
export function messageSuite(use: UsePlatform): void {
  suite('messages', () => {
    const ok = async (...args: string[]) => {
      const { code, stdout, stderr } = await use().skein('messages', ...args, '-n', NAMESPACE, '-o', 'json');
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const rest = async <T>(method: string, path: string, body?: object): Promise<T> => {
      const response = await fetch(`${use().apiUrl}/api/v1/${path}?namespace=${NAMESPACE}`, {
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      assert.ok(response.ok, `${method} ${path}: ${response.status}`);
      return (await response.json()) as T;
    };

    test('one agent asks, another answers over HTTP, and both are listed', async () => {
      const asking = ok('send', '{"draft":3}', '--from', 'editor', '--to', 'writer', '--wait', '30s');
      const { messages, cursor } = await rest<{ messages: Shown[]; cursor: string }>('POST', 'messages/receive', {
        agent_id: 'writer',
        timeout: '30s',
      });
      const [question] = messages;
      assert.deepEqual([question?.from_agent, question?.payload], ['editor', { draft: 3 }]);
      await rest('POST', 'messages', { reply_to: question?.message_id, from_agent: 'writer', payload: 'done' });
      const answered = JSON.parse(await asking) as { reply: Shown };
      assert.equal(answered.reply.payload, 'done');
      const later = await rest<{ messages: Shown[] }>('POST', 'messages/receive', {
        agent_id: 'writer',
        timeout: '0s',
        cursor,
      });
      assert.deepEqual(later.messages, []);
      const listed = JSON.parse(await ok('list', '--agent', 'editor')) as { messages: Shown[] };
      assert.deepEqual(
        listed.messages.map(({ payload }) => payload),
        ['done', { draft: 3 }],
      );
      const { message } = await use().clients.messages.getMessage({
        namespace: NAMESPACE,
        messageId: question?.message_id ?? '',
      });
      assert.ok(message?.acknowledgedAt);
    });

    test('the example answers what it is asked', async () => {
      const env = cleanEnvironment({ SKEIN_API_URL: use().apiUrl, SKEIN_NAMESPACE: NAMESPACE, AGENT: 'echo' });
      await using answerer = await spawnProcess(process.execPath, {
        args: ['examples/messages/main.ts'],
        env,
        cwd: ROOT,
      });
      const { reply } = JSON.parse(await ok('send', '"hello"', '--from', 'me', '--to', 'echo', '--wait', '30s')) as {
        reply: Shown;
      };
      assert.deepEqual([reply.from_agent, reply.payload], ['echo', { echo: 'hello' }]);
      answerer.kill('SIGTERM');
      assert.equal((await answerer.exited).code, 0, answerer.stderr);
    });

    test('a topic is followed while it is published to; what came before is told first', async () => {
      await ok('publish', 'prices', '1');
      const following = ok('subscribe', 'prices', '--count', '3');
      await rest('POST', 'topics/prices/messages', { payload: 2 });
      await ok('publish', 'prices', '3');
      const lines = (await following).trim().split('\n');
      const seen = lines.map((line) => JSON.parse(line) as Shown & { cursor: string });
      assert.deepEqual(
        seen.map(({ payload }) => payload),
        [1, 2, 3],
      );
      const again = await ok('subscribe', 'prices', '--count', '1', '--cursor', seen[1]?.cursor ?? '');
      assert.equal((JSON.parse(again) as Shown).payload, 3);
    });

    test('participants of a run are told; its messages go with it', async () => {
      const { run } = await use().clients.runs.startRun({
        namespace: NAMESPACE,
        target: { case: 'llm', value: { model: 'builtin/echo' } },
        waitTimeout: { seconds: 10n },
      });
      const runId = run?.runId ?? '';
      await ok('send', '1', '--run', runId, '--from', 'lead', '--to', 'painter');
      const told = JSON.parse(await ok('broadcast', '"stop"', '--run', runId, '--from', 'lead', '--participants')) as {
        results: { to_agent: string; sent: boolean }[];
      };
      assert.deepEqual(
        told.results.map((it) => [it.to_agent, it.sent]),
        [['painter', true]],
      );
      assert.equal((await rest<{ messages: Shown[] }>('GET', `runs/${runId}/messages`)).messages.length, 2);
    });
  });
}

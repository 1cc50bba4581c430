import assert from 'node:assert/strict';
import { test } from 'node:test';
import { A2A_RULES, A2aSubject, checkRules } from '@skein/conformance';
import { startTestAgent } from '@skein/example-agent-host/testing';
import { summaryOf } from './summary.ts';

const TEXT = 'The printer prints blank pages. I like tea. New printer ink did not help the blank pages. Bye!';

test('the sentences that say the most are the summary, in their order', () => {
  assert.deepEqual(summaryOf(TEXT), [
    'The printer prints blank pages.',
    'New printer ink did not help the blank pages.',
  ]);
  assert.deepEqual(summaryOf('One. One. One.'), ['One.', 'One.']);
  assert.deepEqual(summaryOf(' 1 2 3 … '), []);
});

test('a message is answered with a task', async (t) => {
  const agent = await startTestAgent(t, { args: [new URL('main.ts', import.meta.url)], env: process.env });
  const card = (await (await fetch(`http://${agent.address}/.well-known/agent-card.json`)).json()) as Card;
  const [called] = card.supportedInterfaces;
  assert.equal(called?.url, `http://${agent.address}/a2a`);
  const ask = async (text: string) => {
    const message = { messageId: text, role: 'ROLE_USER', parts: [{ text }] };
    const response = await fetch(called.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'a2a-version': '1.0' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'SendMessage', params: { message } }),
    });
    const { result } = (await response.json()) as { result: { task: AnsweredTask } };
    return result.task;
  };
  const { status, artifacts } = await ask(TEXT);
  assert.equal(status.state, 'TASK_STATE_COMPLETED');
  const said = artifacts?.[0]?.parts.map(({ text }) => text).join('');
  assert.equal(said, 'The printer prints blank pages. New printer ink did not help the blank pages.');
  assert.equal((await ask('?')).status.state, 'TASK_STATE_INPUT_REQUIRED');
});

test('every rule of the protocol is kept', async (t) => {
  const agent = await startTestAgent(t, { args: [new URL('main.ts', import.meta.url)], env: process.env });
  const subject = new A2aSubject({ address: `http://${agent.address}`, input: TEXT });
  const reports = await Array.fromAsync(checkRules(A2A_RULES, subject));
  assert.deepEqual(
    reports.filter(({ verdict }) => verdict !== 'kept'),
    [],
  );
});

interface Card {
  readonly supportedInterfaces: ReadonlyArray<{ readonly url: string }>;
}

interface AnsweredTask {
  readonly status: { readonly state: string };
  readonly artifacts?: ReadonlyArray<{ readonly parts: ReadonlyArray<{ readonly text: string }> }>;
}

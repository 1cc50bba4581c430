import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { checkRules, PROCESS_RULES, ProcessSubject } from '@skein/conformance';
import type { JsonObject, JsonValue } from '@skein/example-agent-host';
import { startTestAgent } from '@skein/example-agent-host/testing';

async function start(t: TestContext) {
  const agent = await startTestAgent(t, { args: [new URL('main.ts', import.meta.url)], env: process.env });
  return async (body: JsonValue) => {
    const response = await fetch(`http://${agent.address}/process`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  };
}

interface Answer {
  readonly output?: { readonly response: string; readonly collected_data: JsonObject; readonly status: string };
  readonly error?: { readonly code: string; readonly message: string };
}

const QUERY = 'I was charged $49.00 twice on 2026-03-03, invoice INV-20260303, card ending in 4242';

test('a query is answered with what was read out of it', async (t) => {
  const process = await start(t);
  const { status, body } = await process({
    input: { user_query: QUERY, context: { customer: { name: 'Dana' } } },
    config: { timeout: 30, max_turns: 5 },
  });
  assert.equal(status, 200);
  assert.equal(body.output?.status, 'completed');
  assert.match(
    body.output.response,
    /^Hello Dana,\n\nI have noted: invoice INV-20260303; \$49\.00; 2026-03-03; card ending/,
  );
  assert.deepEqual(body.output.collected_data, {
    intent: 'duplicate_charge',
    language: 'en',
    amounts: [{ amount: '49.00', currency: 'USD', text: '$49.00' }],
    dates: [{ date: '2026-03-03', text: '2026-03-03' }],
    invoice_numbers: ['INV-20260303'],
    purchase_orders: [],
    tax_ids: [],
    card_endings: ['4242'],
    needs: [],
  });
});

test('the answer is in the language of the ticket, whatever is around it', async (t) => {
  const process = await start(t);
  const ticket = { id: 'T-7', subject: 'Erstattung', text: 'Bitte erstatten Sie mir die Abbuchung.' };
  const { body } = await process({ input: { category: 'billing', confidence: 0.9, reasons: [], ticket } });
  assert.match(body.output?.response ?? '', /^Guten Tag,\n\nWir prüfen.*den Betrag, um den es geht, das Datum/s);
  assert.deepEqual(body.output?.collected_data['needs'], ['amount', 'date']);
  assert.equal(body.output?.collected_data['ticket_id'], 'T-7');
});

test('what cannot be answered is refused with the reason', async (t) => {
  const process = await start(t);
  const refused: readonly (readonly [JsonValue, RegExp])[] = [
    [{}, /needs `input`/],
    [{ input: { user_query: 7 } }, /holds no text/],
    [{ input: 'hi', config: [] }, /`config` must be an object/],
    [{ input: 'hi', config: { timeout: -1 } }, /`config\.timeout` must be a number above 0/],
  ];
  for (const [body, message] of refused) {
    const answer = await process(body);
    assert.equal(answer.status, 400);
    assert.equal(answer.body.error?.code, 'INVALID_REQUEST');
    assert.match(answer.body.error.message, message);
  }
});

test('every rule of the protocol is kept', async (t) => {
  const agent = await startTestAgent(t, { args: [new URL('main.ts', import.meta.url)], env: process.env });
  const subject = new ProcessSubject({ address: `http://${agent.address}`, input: QUERY });
  const reports = await Array.fromAsync(checkRules(PROCESS_RULES, subject));
  assert.deepEqual(
    reports.filter(({ verdict }) => verdict !== 'kept'),
    [],
  );
});

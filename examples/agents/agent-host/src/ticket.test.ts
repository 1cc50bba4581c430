import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from './json.ts';
import { detectLanguage } from './language.ts';
import { findTicket } from './ticket.ts';

const ticket = { id: 'T-1', subject: 'Refund', text: 'twice!', customer: { name: 'Ada' } };

const SHAPES: readonly (readonly [string, JsonValue])[] = [
  ['the ticket itself', ticket],
  ['the answer of a classifier', { category: 'billing', confidence: 0.9, reasons: ['x'], ticket }],
  ['a query with a context', { user_query: 'twice!', context: { ticket } }],
  ['a query that is a ticket', { user_query: ticket, context: {} }],
  ['a query that is JSON text', { user_query: JSON.stringify({ category: 'billing', ticket }) }],
  ['a chat message that is JSON text', { input_message: { role: 'user', content: JSON.stringify(ticket) } }],
  ['the last message of a conversation', { messages: [{ content: 'hello' }, { content: JSON.stringify(ticket) }] }],
  ['JSON text alone', JSON.stringify(ticket)],
];

for (const [shape, input] of SHAPES)
  test(`a ticket is found in ${shape}`, () => assert.deepEqual(findTicket(input), ticket));

test('a text is a ticket without the rest', () => {
  assert.deepEqual(findTicket(' hello '), { id: '', subject: '', text: 'hello', customer: {} });
  assert.equal(findTicket('{not json')?.text, '{not json');
});

test('where there is no text there is no ticket', () => {
  const deep = `${'{"input":'.repeat(5000)}1${'}'.repeat(5000)}`;
  for (const input of [undefined, null, 7, true, '', '  ', [], {}, { text: 7 }, { ticket: {} }, JSON.parse(deep)]) {
    assert.equal(findTicket(input), undefined);
  }
});

test('the language is told by common words', () => {
  assert.equal(detectLanguage('I want my money back, please'), 'en');
  assert.equal(detectLanguage('Quiero que me devuelvan el dinero'), 'es');
  assert.equal(detectLanguage('Ich möchte mein Geld zurück'), 'de');
  assert.equal(detectLanguage("Je veux que vous corrigiez ma facture, s'il vous plaît"), 'en');
  assert.equal(detectLanguage('ERR_TIMEOUT 504'), 'en');
});

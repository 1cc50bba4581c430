import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diceFor } from '../dice.ts';
import { draftAnswer } from './draft-answer.ts';

function draft(content: string, seed = 0n): string {
  const messages = [{ role: 'user' as const, content }];
  const question = {
    model: '',
    messages,
    seed,
    outputSchema: undefined,
    enforcesSchema: true,
    temperature: undefined,
    maxTokens: undefined,
  };
  return draftAnswer(content, diceFor(question));
}

const TICKET =
  'My card was charged $49.00 on March 3rd and again on March 4th. The invoices are INV-20260303 and INV-20260304.';

test('a letter greets, restates the facts and closes', () => {
  const letter = draft(TICKET);
  assert.match(letter, /^Hello,\n\nThank/);
  for (const fact of ['$49.00', 'March 3rd', 'March 4th', 'INV-20260303', 'INV-20260304'])
    assert.ok(letter.includes(fact), fact);
  assert.match(letter, /Your support team$/);
  assert.equal(draft(TICKET), letter);
});

test('what a specialist answered is passed on under their greeting', () => {
  const letter = draft(
    `Ticket (billing):\n${TICKET}\n\nAnswer of the specialist:\nHello Dana Whitfield,\n\nWe refund $49.00 for INV-20260304 to the same card.\n\nYour billing team`,
  );
  assert.match(letter, /^Hello Dana Whitfield,/);
  assert.match(letter, /We refund \$49\.00 for INV-20260304 to the same card\./);
  assert.doesNotMatch(letter, /Your billing team/);
  assert.match(letter, /noted: March 3rd; March 4th; INV-20260303\./, 'facts the specialist names are not said twice');
});

test('the letter is in the language of the customer', () => {
  assert.match(
    draft('Ich habe eine Rechnung mit der Nummer F2026/118 bekommen und sie ist nicht von mir'),
    /^Guten Tag,/,
  );
  assert.match(draft('Hola, en la factura F2026/118 no es mi nombre, lo he visto con el gestor'), /^Hola:/);
});

test('lines of a letter that end in a colon are no labels', () => {
  const letter = draft(
    'Ticket (billing):\nBuenos días:\nen la factura F2026/118 aparece un NIF equivocado, es de la empresa\n\n' +
      'Answer of the specialist:\nHola, Lucía Fernández:\n\nAnulamos la factura.\n\n' +
      'Haga lo siguiente, por favor:\n1. Espere.\n2. Abra el correo.\n\nSu equipo de facturación',
  );
  assert.match(letter, /^Hola, Lucía Fernández:\n/);
  assert.match(letter, /Anulamos la factura\.\n\nHaga lo siguiente, por favor:\n1\. Espere\.\n2\. Abra el correo\./);
  assert.match(letter, /anotado: F2026\/118\./);
});

test('facts come out of JSON', () => {
  const letter = draft('{"name": "Kim", "message": "it crashes with HTTP 502 since v2.4.1", "order_id": 17}');
  assert.match(letter, /^Hello Kim,/);
  assert.match(letter, /order id: 17; HTTP 502; v2\.4\.1/);
  const told = draft(
    'Ticket:\nwhere is it?\n\nAnswer:\n{"response": "It ships on 2026-05-01.", "status": "completed"}',
  );
  assert.match(told, /It ships on 2026-05-01\./);
});

test('nothing to say is said politely', () => {
  assert.match(draft(''), /Hello,/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsIn } from './findings.ts';
import { PLAYBOOK, stepsFor } from './playbook.ts';
import { topicOf } from './topic.ts';
import { triage } from './triage.ts';

const ticket = (text: string, name?: string) => ({
  id: '',
  subject: '',
  text,
  customer: name === undefined ? {} : { name },
});

test('technical facts are read out of the text, each once', () => {
  assert.deepEqual(
    findingsIn(
      'HTTP 401, then 401 again and ERR_LOCKED_FILE, 0x80070490 on Windows 11 with v5.2.1; restarted, cleared the cache',
    ),
    {
      errors: ['HTTP 401', 'ERR_LOCKED_FILE', '0x80070490'],
      devices: ['Windows 11'],
      versions: ['v5.2.1'],
      attempts: ['restart', 'clear_cache'],
    },
  );
});

test('a pasted log does not become the answer', () => {
  const log = Array.from({ length: 500 }, (_, line) => `0x8007${String(line).padStart(4, '0')}`).join('\n');
  assert.equal(findingsIn(log).errors.length, 10);
});

const TOPICS = [
  ['half of our documents are missing', 'data_loss'],
  ['Anmeldung: das Passwort wird nicht angenommen', 'sign_in'],
  ['la app se cierra al abrir una foto', 'crash'],
  ['the webhook endpoint answers 502', 'api'],
  ['it is odd', 'general'],
] as const;

for (const [text, topic] of TOPICS) test(`"${text}" is about ${topic}`, () => assert.equal(topicOf(text), topic));

test('what was tried is not asked for again, and something is always left', () => {
  assert.deepEqual(stepsFor('crash', ['restart', 'reinstall', 'clear_cache']), ['update', 'send_log']);
  assert.deepEqual(stepsFor('web_page', ['clear_cache', 'other_browser']), ['send_log']);
  for (const steps of Object.values(PLAYBOOK)) assert.ok(steps.length > 0);
});

test('the answer speaks the language of the ticket and addresses its author', () => {
  assert.match(
    triage(ticket('Die App stürzt ab, ich habe sie neu installiert', 'Jo')).answer,
    /^Guten Tag Jo,[^]*Versucht haben Sie schon: neue Installation/,
  );
  assert.match(triage(ticket('La app no funciona y se cierra en mi móvil')).answer, /^Hola:[^]*1\. Reinicie/);
  assert.match(triage(ticket('the app is slow', '$&')).answer, /^Hello \$&,/);
});

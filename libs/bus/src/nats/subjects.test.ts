import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Subjects, decodeToken, encodeToken } from './subjects.ts';

test('any string becomes one safe token and comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const token = encodeToken(text);
      assert.match(token, /^[A-Za-z0-9_=-]+$/);
      assert.equal(decodeToken(token), text);
    }),
  );
});

test('strings that look alike get different tokens', () => {
  const tokens = ['a.b', 'a=2Eb', 'a b', 'A.B', 'a', '', '='].map(encodeToken);
  assert.equal(new Set(tokens).size, tokens.length);
});

test('what encodeToken cannot have made is refused', () => {
  for (const token of ['', 'a.b', 'a=', 'a=2', 'a=zz', '=FF', 'ä', '%41']) {
    assert.throws(() => decodeToken(token), RangeError, token);
  }
});

test('subjects of a prefix', () => {
  const subjects = new Subjects('skein');
  assert.equal(subjects.stream, 'SKEIN_EVENTS');
  assert.equal(subjects.events('team a'), 'skein.events.team=20a');
  assert.equal(subjects.namespaceOf('skein.events.team=20a'), 'team a');
  assert.equal(subjects.taskEvents({ namespace: 'a.b', runId: 'r-1' }), 'skein.tasks.a=2Eb.r-1');
  assert.equal(subjects.mailboxNotices({ namespace: 'a.b', mailbox: 'agent/x' }), 'skein.mailboxes.a=2Eb.agent=2Fx');
  assert.throws(() => new Subjects('a.b'), RangeError);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTokens, firstTokens, wordPieces } from './tokens.ts';

test('words, numbers and signs are tokens', () => {
  assert.equal(countTokens(''), 0);
  assert.equal(countTokens(' \n'), 0);
  assert.equal(countTokens('INV-2026 costs $49.'), 7);
  assert.equal(countTokens('Grüße, 世界'), 3);
});

test('a text is cut at the end of a token', () => {
  assert.deepEqual(firstTokens('one, two', 2), { text: 'one,', cut: true });
  assert.deepEqual(firstTokens('one, two ', 3), { text: 'one, two ', cut: false });
  assert.deepEqual(firstTokens('', 1), { text: '', cut: false });
});

test('pieces are words, and make up the text', () => {
  assert.deepEqual(wordPieces(' a  b\nc '), [' a', '  b', '\nc', ' ']);
  assert.deepEqual(wordPieces(''), []);
  assert.equal(wordPieces('a '.repeat(5000)).join(''), 'a '.repeat(5000));
});

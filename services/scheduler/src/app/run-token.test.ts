import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { RunTokens } from './run-token.ts';

const CLAIMS = { namespace: 'default', runId: 'run', nodeId: 'größer.work', attempt: 2 };

test('a token says of which attempt it is, to whoever has the key', () => {
  const key = randomBytes(32);
  const token = new RunTokens(key).issue(CLAIMS);
  assert.match(token, /^[\w-]+\.[\w-]{22}$/);
  assert.deepEqual(new RunTokens(key).read(token), CLAIMS);
});

test('a token that was changed, or made with another key, is none', () => {
  const tokens = new RunTokens(randomBytes(32));
  const token = tokens.issue(CLAIMS);
  const [claims = '', mac = ''] = token.split('.');
  const other = tokens.issue({ ...CLAIMS, attempt: 3 }).split('.')[0] ?? '';
  const wrong = ['', '.', 'x', claims, `${other}.${mac}`, `${claims}.`, `${token}.x`, `${claims}.${mac.slice(0, -2)}`];
  for (const text of wrong) assert.equal(tokens.read(text), undefined, text);
  assert.equal(new RunTokens(randomBytes(32)).read(token), undefined);
});

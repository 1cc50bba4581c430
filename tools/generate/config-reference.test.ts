import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeRows, render } from './config-reference.ts';
import type { ReferenceRow } from './config-reference.ts';

const row: ReferenceRow = {
  env: 'LOG_LEVEL',
  kind: 'debug | info',
  defaultValue: 'info',
  doc: 'least level',
  readers: ['gateway'],
};

test('a variable that means the same to several services is one row', () => {
  const rows = mergeRows([row, { ...row, readers: ['registry'] }, { ...row, doc: 'other', readers: ['executor'] }]);
  assert.deepEqual(
    rows.map(({ readers }) => readers),
    [['gateway', 'registry'], ['executor']],
  );
});

test('a name that is not ours is refused', () => {
  assert.throws(() => mergeRows([{ ...row, env: 'POOL_SIZE' }]), /POOL_SIZE \(gateway\) must begin with SKEIN_/);
});

test('the table escapes bars and shows required, unset and empty', () => {
  const text = render([
    row,
    { ...row, defaultValue: undefined },
    { ...row, defaultValue: 'unset' },
    { ...row, defaultValue: '' },
  ]);
  assert.match(text, /\| `LOG_LEVEL` \| debug \\\| info \| `info` \| least level \| gateway \|/);
  assert.match(text, /\*\*required\*\*/);
  assert.match(text, /\| unset \|/);
  assert.match(text, /\| empty \|/);
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { ErrorReasonSchema } from '@skein/contracts/type';
import { HTTP_STATUSES, statusOf } from '../../services/gateway/src/errors/http-status.ts';

const page = await readFile(resolve(import.meta.dirname, '../../docs/errors.md'), 'utf8');

test('every reason of the contract is explained', () => {
  const reasons = ErrorReasonSchema.values.map(({ name }) => name.replace('ERROR_REASON_', ''));
  const missing = reasons.filter((reason) => reason !== 'UNSPECIFIED' && !page.includes(`\`${reason}\``));
  assert.deepEqual(missing, []);
});

test('the HTTP statuses are those that the gateway gives', () => {
  const section = page.slice(page.indexOf('## Answers to calls'), page.indexOf('## Failures of runs'));
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  assert.ok(rows.length >= 20, `${rows.length} rows`);
  for (const row of rows) {
    const [, reason = '', codes = '', statuses = ''] = row.split('|').map((cell) => cell.trim().replaceAll('`', ''));
    const named = Object.entries(HTTP_STATUSES).filter(([, { name }]) => codes.split(/[^A-Z_]+/).includes(name));
    const expected = named.map(([code]) => statusOf(Number(code), reason));
    const given = statuses.split(/[^0-9]+/).map(Number);
    assert.deepEqual(given.toSorted(byNumber), expected.toSorted(byNumber), reason);
  }
});

const byNumber = (a: number, b: number): number => a - b;

import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');

test('every finding of an audit is explained', async () => {
  const page = await readFile(join(root, 'docs/operations.md'), 'utf8');
  const codes = new Set<string>();
  for await (const path of glob('services/*/src/adapters/postgres/**/*{audit,checks}.ts', { cwd: root })) {
    const text = await readFile(join(root, path), 'utf8');
    for (const [, code = ''] of text.matchAll(/code: '([A-Z_]+)'/g)) codes.add(code);
  }
  assert.ok(codes.size >= 15, `${codes.size} codes`);
  assert.deepEqual(
    [...codes].filter((code) => !page.includes(`\`${code}\``)),
    [],
  );
});

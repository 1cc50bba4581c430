import assert from 'node:assert/strict';
import { access, glob, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { anchors, linkTargets } from './markdown.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = (
  await Array.fromAsync(glob('**/*.md', { cwd: root, exclude: ['**/node_modules/**', '.toolchain/**', '.skein/**'] }))
).toSorted();

test('every link within the repository leads somewhere', async () => {
  assert.ok(pages.length >= 20, `${pages.length} pages`);
  const broken: string[] = [];
  for (const page of pages) {
    const text = await readFile(join(root, page), 'utf8');
    for (const target of linkTargets(text)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? join(root, page) : join(root, dirname(page), path);
      const isThere = await access(file).then(
        () => true,
        () => false,
      );
      const hasAnchor = anchor === undefined || (isThere && anchors(await readFile(file, 'utf8')).has(anchor));
      if (!isThere || !hasAnchor)
        broken.push(`${page}: ${relative(root, file)}${anchor === undefined ? '' : `#${anchor}`}`);
    }
  }
  assert.deepEqual(broken, []);
});

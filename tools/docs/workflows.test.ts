import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { GRAPH_LIMITS, parseWorkflow, workflowSchema } from '@skein/domain';
import { fencedBlocks } from './markdown.ts';

const page = await readFile(resolve(import.meta.dirname, '../../docs/workflows.md'), 'utf8');

test('every example is a workflow without a problem', () => {
  const examples = fencedBlocks(page).filter(({ language }) => language === 'yaml');
  assert.ok(examples.length >= 5, `${examples.length} examples`);
  for (const { text, line } of examples) {
    const { problems } = parseWorkflow(text);
    assert.deepEqual(problems, [], `line ${line}`);
  }
});

test('every field of the schema is described', () => {
  const missing = [...fieldNames(workflowSchema)].filter((name) => !new RegExp(`[\`.]${name}\``).test(page));
  assert.deepEqual(missing, ['$schema', 'content']);
});

test('the limits are those of the code', () => {
  assert.match(page, new RegExp(`\\| ${comma(GRAPH_LIMITS.nodes)}; ${comma(GRAPH_LIMITS.edges)} \\|`));
});

function* fieldNames(schema: unknown, seen = new Set<string>()): Generator<string> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key !== 'properties') yield* fieldNames(value, seen);
    else {
      for (const [name, property] of Object.entries(value as object)) {
        if (!seen.has(name)) yield name;
        seen.add(name);
        yield* fieldNames(property, seen);
      }
    }
  }
}

function comma(count: number): string {
  return count.toLocaleString('en-US');
}

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { compileExpression, NodeNames, SCOPE_NAMES, type JsonValue, type Scope } from '@skein/domain';
import { fencedBlocks } from './markdown.ts';

const page = await readFile(resolve(import.meta.dirname, '../../docs/expressions.md'), 'utf8');
const blocks = fencedBlocks(page);

interface Data {
  readonly input: JsonValue;
  readonly output: Readonly<Record<string, JsonValue>>;
  readonly last: JsonValue;
}

const data = JSON.parse(blocks.find(({ language }) => language === 'json')?.text ?? '') as Data;
const scope: Scope = { input: data.input, outputs: (id) => data.output[id], last: data.last, run: { id: 'run-1' } };
const nodeNames = new NodeNames(Object.keys(data.output));

const examples = blocks
  .filter(({ language }) => language === 'cel')
  .flatMap(({ text }) => text.split('\n'))
  .map((line) => line.split(' → '));

test('every example of the page comes to its value', () => {
  assert.ok(examples.length >= 20, `${examples.length} examples`);
  for (const [source = '', value = ''] of examples) {
    assert.deepEqual(compileExpression(source, { nodeNames }).evaluate(scope), JSON.parse(value), source);
  }
});

test('the page names everything an expression may start from', () => {
  for (const name of SCOPE_NAMES) assert.match(page, new RegExp(`\`${name}\``));
});

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '@skein/testkit';
import { EXIT } from '../exit-code.ts';
import { useCli } from '../testing/use-cli.ts';

const EXAMPLE = resolve(import.meta.dirname, '../../../examples/customer-support');
const HISTORY = join(EXAMPLE, 'histories/charged-twice.jsonl');

test('a history replays on its own definition and on an equal one', async () => {
  const own = await useCli(['replay', HISTORY]);
  assert.deepEqual([own.code, own.stderr], [EXIT.ok, '']);
  assert.match(own.stdout, /^OK: 12 events of run [0-9a-f-]{36} replay without a divergence\n$/);
  const equal = await useCli(['replay', HISTORY, '--workflow', join(EXAMPLE, 'workflow.yaml'), '-o', 'json']);
  assert.partialDeepStrictEqual(JSON.parse(equal.stdout), { events: 12, divergences: [] });
});

test('what would be decided otherwise is shown with where to look, and exits with 1', async () => {
  const other = join(EXAMPLE, 'hybrid.yaml');
  const human = await useCli(['replay', HISTORY, '--workflow', other]);
  assert.equal(human.code, EXIT.unsuccessful);
  assert.match(
    human.stdout,
    /✗ seq 1: run_started would be decided differently\n {4}workflow_id: [^]*hint: [^]*divergences? in 12 events\n$/,
  );
  const json = await useCli(['replay', HISTORY, '--workflow', other, '-o', 'json']);
  const { divergences } = JSON.parse(json.stdout) as { divergences: { code: string; hint: string }[] };
  assert.equal(json.code, EXIT.unsuccessful);
  assert.ok(divergences.length > 0 && divergences.every(({ code, hint }) => code !== '' && hint !== ''));
});

test('what is no history, or no definition, is refused with its place', async () => {
  await using folder = await temporaryDirectory('replay');
  const bad = join(folder.path, 'bad.yaml');
  await writeFile(bad, 'id: x\nnodes: []\n');
  const cases: [args: string[], code: number, text: RegExp][] = [
    [['replay', join(EXAMPLE, 'workflow.yaml')], EXIT.invalid, /INVALID_HISTORY|not JSON[^]*workflow\.yaml:1/],
    [['replay', join(folder.path, 'none.jsonl')], EXIT.notFound, /cannot read/],
    [['replay', HISTORY, '--workflow', bad], EXIT.invalid, /bad\.yaml is not valid[^]*nodes/],
  ];
  for (const [args, code, text] of cases) {
    const result = await useCli(args);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, text);
  }
});

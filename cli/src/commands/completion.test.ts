import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { useCli } from '../testing/use-cli.ts';

const DRIVER = `
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _skein; printf '%s\\n' "\${COMPREPLY[@]}"
`;

async function complete(...words: string[]): Promise<string[]> {
  const { stdout: script } = await useCli(['completion', 'bash']);
  const { stdout } = await promisify(execFile)('bash', ['-c', `${script}${DRIVER}`, 'bash', 'skein', ...words]);
  return stdout.trim().split('\n');
}

test('bash completes commands, subcommands and options', async () => {
  assert.deepEqual(await complete('run'), ['run', 'runs']);
  assert.deepEqual(
    (await complete('runs', '')).toSorted(),
    'answer cancel count delete events export fork get import input list pause resume retry signal start terminate timeline tree watch'.split(
      ' ',
    ),
  );
  assert.deepEqual(await complete('runs', '--quiet', 'w'), ['watch']);
  assert.deepEqual(await complete('runs', 'list', '--work'), ['--workflow']);
  assert.ok((await complete('runs', 'list', '--')).includes('--namespace'));
});

test('zsh gets a script too, another shell a refusal', async () => {
  assert.match((await useCli(['completion', 'zsh'])).stdout, /compdef _skein skein/);
  assert.equal((await useCli(['completion', 'fish'])).code, 2);
});

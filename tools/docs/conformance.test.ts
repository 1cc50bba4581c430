import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { test } from 'node:test';
import {
  A2A_RULES,
  EXECUTE_RULES,
  GRPC_RULES,
  INVOKE_RULES,
  POLLER_RULES,
  PROCESS_RULES,
  WORKER_RULES,
} from '@skein/conformance';
import { firstCells } from './markdown.ts';

test('every rule of conformance has its row, in the order it is looked at', async () => {
  const page = await readFile(resolve(import.meta.dirname, '../../docs/conformance.md'), 'utf8');
  const rows = firstCells(page).filter((cell) => cell.includes('/'));
  assert.deepEqual(
    rows.map((cell) => cell.replaceAll('`', '')),
    [GRPC_RULES, PROCESS_RULES, INVOKE_RULES, EXECUTE_RULES, A2A_RULES, WORKER_RULES, POLLER_RULES].flatMap((rules) =>
      rules.map(({ id }) => id),
    ),
  );
});

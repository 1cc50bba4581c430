/** Every workload once, as short as can be: that cells come out whole, not what is in them. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { spawnProcess, temporaryDirectory } from '@skein/testkit';
import type { Cell } from './report/cell.ts';

const SHORT = ['--concurrency', '2', '--seconds', '0.5', '--warm-up-seconds', '0.5', '--yardstick-seconds', '0.1'];
const PARKED = ['--parked', '20', '--settle-seconds', '0.1', '--watch-seconds', '1'];
const LARGE = ['--long-runs', '1', '--items', '30', '--history-items', '60', '--decisions', '200'];
/** One cell for each way to choose. */
const ROUTED = ['w12', 'w12', 'w12', 'w12', 'w12'];
const FIRES = ['--schedules', '20', '--schedule-seconds', '2'];

async function measured(...args: string[]): Promise<Cell[]> {
  await using directory = await temporaryDirectory('bench');
  const json = join(directory.path, 'cells.jsonl');
  await using bench = await spawnProcess(process.execPath, {
    args: [join(import.meta.dirname, 'main.ts'), ...args, ...SHORT, '--json', json],
  });
  const { code } = await bench.exited;
  assert.equal(code, 0, bench.output);
  const lines = (await readFile(json, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Cell);
}

function checkCell(cell: Cell, mode: string): void {
  const what = JSON.stringify(cell);
  assert.deepEqual([cell.engine, cell.mode, cell.errors, cell.round], ['skein', mode, 0, 1], what);
  assert.ok(cell.runs > 0 && !Number.isNaN(Date.parse(cell.at)), what);
  for (const figure of Object.values({ ...cell.yardstick })) assert.ok(Number(figure) > 0, what);
}

function checkFigures(cell: Cell | undefined, names: readonly string[]): void {
  for (const name of names) assert.equal(typeof cell?.[name], 'number', `${name} in ${JSON.stringify(cell)}`);
}

const LOOP = ['runs_per_s', 'p50_ms', 'p99_ms', 'cpu_s_per_1000_runs', 'peak_pss_mb', 'other_cores', 'settle_s'];

suite('a short bench', { timeout: 420_000 }, () => {
  test('of every workload on the embedded platform', async () => {
    const cells = await measured('--workload', 'w1,w2,w3,w4,w5,w6,w7,w8,w9,w10,w11,w12', ...PARKED, ...FIRES, ...LARGE);
    for (const cell of cells) checkCell(cell, 'embedded');
    assert.deepEqual(
      cells.map(({ workload }) => workload),
      ['w1', 'w2', 'w3', 'w4', 'w4', 'w4', 'w7', 'w7', 'w11', ...ROUTED, 'w5', 'w6', 'w8', 'w9', 'w10'],
    );
    const [w1, , w3, w4, , , w7, , w11, w12, ...rest] = cells;
    const [w5, w6, w8, w9, w10] = rest.slice(ROUTED.length - 1);
    checkFigures(w1, LOOP);
    assert.deepEqual(Object.keys(w1?.cpu_s ?? {}).toSorted(), ['postgres', 'skein']);
    checkFigures(w3, [...LOOP, 'steps_per_s']);
    checkFigures(w4, ['chunks', 'chunk_p50_ms', 'chunk_p99_ms', 'chunks_per_s', 'cpu_s_per_1000_chunks']);
    checkFigures(w5, ['up_s', 'all_done_s', 'steps_called_again', 'answered_before_and_called_again']);
    checkFigures(w6, ['mb', 'mb_postgres', 'queries_per_s', 'cores', 'starts_per_s']);
    checkFigures(w7, ['delay_p50_ms', 'delay_p99_ms', 'done_p99_ms', 'cpu_s_per_1000_runs']);
    checkFigures(w8, ['step_ms_early', 'step_ms_late', 'late_to_early', 'stored_to_payload']);
    checkFigures(w9, ['all_done_s', 'items_per_s', 'cpu_s_per_1000_items']);
    checkFigures(w10, ['events', 'first_page_max_ms', 'last_page_max_ms', 'replay_events_per_s']);
    checkFigures(w11, ['run_p99_ms', 'events_p50_ms', 'events_p99_ms', 'list_p99_ms']);
    checkFigures(w12, ['p50_ms', 'p99_ms']);
    assert.deepEqual([w5?.runs, w6?.runs, w7?.runs], [200, 20, 20]);
  });

  test('of the distributed platform, with two executors', async () => {
    const cells = await measured('--mode', 'distributed', '--workload', 'w3', '--executors', '2');
    for (const cell of cells) checkCell(cell, 'distributed');
    const [w3] = cells;
    checkFigures(w3, [...LOOP, 'steps_per_s']);
    assert.deepEqual([cells.length, w3?.schedulers, w3?.executors], [1, 1, 2]);
    for (const part of ['gateway', 'scheduler', 'executor-1', 'executor-2', 'event-log', 'nats', 'postgres']) {
      assert.equal(typeof w3?.cpu_s?.[part], 'number', part);
    }
  });
});

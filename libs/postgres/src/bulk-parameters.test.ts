import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { packBodies, plainColumn, textColumn } from './bulk-parameters.ts';
import { createPool, type Pool } from './pool.ts';
import { temporaryServer, type TemporaryServer } from './testing/temporary-server.ts';

let server: TemporaryServer;
let pool: Pool;

before(async () => {
  server = await temporaryServer();
  pool = createPool(server.url, { max: 1, applicationName: 'bulk-parameters-test' });
});

after(async () => {
  await pool.end();
  await server[Symbol.asyncDispose]();
});

const self = <Value>(value: Value): Value => value;

async function read(type: string, parameter: string): Promise<unknown> {
  const { rows } = await pool.query<{ column: unknown }>(`SELECT $1::${type}[] AS column`, [parameter]);
  return rows[0]?.column;
}

test('a column of plain values is what Postgres reads', async () => {
  const uuids = ['01a2b3c4-0000-7000-8000-000000000001', null, '01a2b3c4-0000-7000-8000-000000000002'];
  assert.deepEqual(await read('uuid', plainColumn(uuids, self)), uuids);
  assert.deepEqual(await read('int', plainColumn([1, -2, undefined], self)), [1, -2, null]);
  assert.deepEqual(await read('float8', plainColumn([1.5, 1e21], self)), [1.5, 1e21]);
  assert.deepEqual(await read('boolean', plainColumn([true, false], self)), [true, false]);
  const time = '2026-11-22T08:00:00.123Z';
  assert.deepEqual(await read('timestamptz', plainColumn([time], self)), [new Date(time)]);
  assert.deepEqual(await read('int', plainColumn([], self)), []);
});

test('a column of texts keeps every character, and tells nothing from NULL', async () => {
  const texts = ['', 'NULL', 'null', ' a, {b} ', '"', '\\', '\\"', 'line\nline\ttab', 'ünï\u{1f600}', undefined, null];
  const expected = texts.map((text) => text ?? null);
  assert.deepEqual(await read('text', textColumn(texts, self)), expected);
  const json = ['{"a":"b\\"c\\\\d","e":[1,null]}'];
  assert.deepEqual(await read('jsonb', textColumn(json, self)), [{ a: 'b"c\\d', e: [1, null] }]);
});

test('packed bodies are sliced out again, empty ones and missing ones too', async () => {
  const bodies = [Buffer.from('first'), Buffer.alloc(0), undefined, Buffer.from([0, 255])];
  const { packed, offsets, lengths } = packBodies(bodies, self);
  const { rows } = await pool.query<{ body: Buffer | null }>(
    'SELECT substring($1::bytea FROM o FOR l) AS body FROM unnest($2::int[], $3::int[]) AS t (o, l)',
    [packed, offsets, lengths],
  );
  assert.deepEqual(
    rows.map(({ body }) => body),
    bodies.map((body) => body ?? null),
  );
});

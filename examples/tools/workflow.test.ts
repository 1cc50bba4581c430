import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileSchema, parseWorkflow, type JsonObject, type JsonValue } from '@skein/domain';
import { startRateServer } from './server.ts';

const text = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

function violations(file: string, value: JsonValue): number {
  const compiled = compileSchema(JSON.parse(text(file)) as JsonObject);
  assert.ok('validate' in compiled);
  return compiled.validate(value).length;
}

test('workflow.yaml is without fault', () => {
  assert.deepEqual(parseWorkflow(text('workflow.yaml')).problems, []);
});

test('what the server takes and answers is what the schemas say', async () => {
  assert.equal(violations('input-schema.json', { country: 'de', weight_kg: 2 }), 0);
  assert.equal(violations('input-schema.json', { country: 'Germany', weight_kg: 0 }), 2);
  await using server = await startRateServer();
  const answer = await fetch(`${server.url}/rates/de?weight_kg=2`);
  const body = (await answer.json()) as JsonValue;
  assert.deepEqual(body, { country: 'de', price_cents: 900 });
  assert.equal(violations('output-schema.json', body), 0);
});

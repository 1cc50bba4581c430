import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { CreateScheduleRequestSchema, OverlapPolicySchema, ScheduleSpecSchema } from '@skein/contracts/scheduler';
import { parseWorkflow, type JsonObject } from '@skein/domain';
import { messageFromPlain } from '@skein/events';
import { parse } from 'yaml';
import { fencedBlocks } from './markdown.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = await readFile(resolve(ROOT, 'docs/schedules.md'), 'utf8');

test('every example is a schedule as the contract has it', async () => {
  const file = await readFile(resolve(ROOT, 'examples/schedules/nightly-report.yaml'), 'utf8');
  const examples = fencedBlocks(page).filter(({ language }) => language === 'yaml');
  assert.ok(examples.length > 0);
  for (const text of [file, ...examples.map((example) => example.text)]) {
    const { scheduleId, spec } = messageFromPlain(CreateScheduleRequestSchema, parse(text) as JsonObject);
    assert.equal(scheduleId, 'nightly-report');
    assert.equal(spec?.action?.target.case, 'workflow');
  }
  assert.deepEqual(parseWorkflow(await readFile(resolve(ROOT, 'examples/schedules/report.yaml'), 'utf8')).problems, []);
});

test('every field of a spec and every overlap policy is described', () => {
  for (const { name } of ScheduleSpecSchema.fields) assert.match(page, new RegExp(`[\`]${name}[\`.]`), name);
  const policies = OverlapPolicySchema.values.filter(({ number }) => number !== 0);
  for (const { localName } of policies) assert.ok(page.includes(`| \`${localName.toLowerCase()}\` |`), localName);
});

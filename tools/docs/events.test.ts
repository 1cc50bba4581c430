import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { RunEventSchema, TaskEventSchema } from '@skein/contracts/event';
import { SubscribeEventsResponseSchema } from '@skein/contracts/eventlog';
import { firstCells } from './markdown.ts';

const page = await readFile(resolve(import.meta.dirname, '../../docs/events.md'), 'utf8');

test('every event and item of the contract has its row, and no other', () => {
  const events = [RunEventSchema, TaskEventSchema].flatMap(({ oneofs }) => oneofs.flatMap(({ fields }) => fields));
  const items = SubscribeEventsResponseSchema.oneofs.flatMap(({ fields }) => fields);
  const names = [...events, ...items].map(({ name }) => name).filter((name) => !/^(run|task)_event$/.test(name));
  assert.deepEqual(firstCells(page).toSorted(), names.toSorted());
});

test('the row of every event names its fields', () => {
  for (const { fields } of [RunEventSchema, TaskEventSchema].flatMap(({ oneofs }) => oneofs)) {
    for (const { name, message } of fields) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
      for (const field of message?.fields ?? []) assert.match(row, new RegExp(`\`${field.name}\``), name);
    }
  }
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { RunEvent } from '@skein/contracts/event';
import { outputOf, stateOf, Workplace } from '../harness/workplace.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'large-payloads';
const SHUFFLE = {
  id: 'shuffle',
  nodes: [
    { id: 'doubled', type: 'transform', expression: "{'text': input.text, 'more': input.text}" },
    { id: 'back', type: 'transform', expression: 'output.doubled.text' },
  ],
  edges: [{ from: 'doubled', to: 'back' }],
};
const TEXT = 'large enough to leave its event; '.repeat(13_000);

/** Payloads that are kept beside their events: nobody outside sees a difference. */
export function largePayloadSuite(use: UsePlatform): void {
  suite('large payloads', () => {
    test('they are answered, listed, followed, exported and replayed like small ones', async () => {
      const platform = use();
      const place = new Workplace(platform, NAMESPACE);
      const run = await place.run(SHUFFLE, { text: TEXT });
      assert.deepEqual([stateOf(run), outputOf(run)], ['DONE', TEXT]);
      const { runId, namespace, lastSeq } = run;
      const { events } = place.clients;
      const listed = await events.listEvents({ namespace, runId, minSeq: lastSeq, pageSize: 1000 });
      const facts = listed.entries.flatMap(({ entry }) => (entry.case === 'runEvent' ? [entry.value] : []));
      assert.deepEqual(textsOf(facts), [TEXT.length, 2 * TEXT.length, TEXT.length]);
      const followed: RunEvent[] = [];
      for await (const { item } of events.subscribeEvents({ namespace, runId })) {
        if (item.case === 'runEvent') followed.push(item.value);
      }
      assert.deepEqual(textsOf(followed), textsOf(facts));
      const file = join(platform.dataDir, 'large.jsonl');
      const exported = await platform.skein('runs', 'export', runId, '--to', file, '-n', namespace);
      assert.equal(exported.code, 0, exported.stderr);
      const replayed = await platform.skein('replay', file);
      assert.equal(replayed.code, 0, replayed.stderr);
    });
  });
}

/** Characters of the texts in the events that hold a payload, in order. */
function textsOf(events: readonly RunEvent[]): number[] {
  return events.flatMap(({ event }) => {
    const payload = event.case === 'runStarted' ? event.value.input : undefined;
    const output = event.case === 'nodeSucceeded' ? event.value.output : undefined;
    const { json } = payload ?? output ?? {};
    if (json === undefined || json.byteLength < 1000) return [];
    const held = JSON.parse(Buffer.from(json).toString()) as string | Record<string, string>;
    return [typeof held === 'string' ? held.length : Object.values(held).join('').length];
  });
}

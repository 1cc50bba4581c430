import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSeed, type SeededRandom } from '@skein/testkit';
import type { TaskEvent } from '@skein/contracts/event';
import type { DispatchRef } from '../domain/dispatch.ts';
import type { RunKey } from '../domain/run-key.ts';
import { memoryEventLog, type Followed, type MemoryEventLog } from '../testing/memory-event-log.ts';
import { bytesOf, deltas, newRun, what, type What } from '../testing/sample-events.ts';
import type { Carriage } from '../testing/fake-scheduler.ts';

const ROUNDS = 120;
const CARRIAGES: readonly Carriage[] = ['published', 'published', 'published', 'doubled', 'without_bodies', 'lost'];

/** A reader that follows a run in pieces, as a client whose connection breaks, and checks what it gets. */
class CheckingReader {
  readonly texts = new Map<string, string>();
  readonly finalTexts: Record<string, string> = {};
  readonly #taskSeqs = new Map<string, number>();
  #seq = 0;
  cursor = '';
  ended = false;

  take({ item, cursor }: Followed): void {
    assert.equal(this.ended, false, 'nothing comes after the end');
    this.cursor = cursor;
    if (item.kind === 'stream_reset') this.texts.set(item.ref.nodeId, '');
    if (item.kind === 'task_event') this.#takeTask(item.event);
    if (item.kind !== 'run_event') return;
    const { seq, event } = item.event;
    assert.equal(Number(seq), this.#seq + 1, 'run events come in order, each once');
    this.#seq += 1;
    if (event.case === 'agentInvokeDone') {
      const { nodeId, attempt, dispatch } = event.value;
      this.finalTexts[`${nodeId}/${attempt}/${dispatch}`] = this.texts.get(nodeId) ?? '';
    }
    this.ended = event.case === 'runDone';
  }

  #takeTask({ nodeId, attempt, dispatch, taskSeq, event }: TaskEvent): void {
    const key = `${nodeId}/${attempt}/${dispatch}`;
    assert.equal(Number(taskSeq), (this.#taskSeqs.get(key) ?? 0) + 1, `task events of ${key} come in order, each once`);
    this.#taskSeqs.set(key, Number(taskSeq));
    if (event.case !== 'agentStreamDelta') return;
    const text = this.texts.get(nodeId) ?? '';
    assert.equal(Number(event.value.offsetBytes), Buffer.byteLength(text), `the text of ${key} has no hole`);
    this.texts.set(nodeId, text + event.value.text);
  }
}

const turns = async (random: SeededRandom, most: number): Promise<void> => {
  for (let left = random.integer(0, most); left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Streams some text as an executor does: some of it live, all of it stored, grouped one way or another, or twice. */
async function stream(log: MemoryEventLog, random: SeededRandom, events: readonly TaskEvent[]): Promise<void> {
  let at = 0;
  while (at < events.length) {
    const count = random.integer(1, 4);
    log.publishLive(events[0] as RunKey, events.slice(at, at + count));
    await turns(random, 3);
    const from = random.integer(0, at);
    if (random.next() < 0.7) await log.append(events.slice(from, at + count));
    at += count;
  }
  await log.append(events.slice(random.integer(0, 0)));
}

/** Decides and carries one whole run; returns the text that each dispatch must have ended with. */
async function produce(log: MemoryEventLog, random: SeededRandom, run: RunKey): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  const commit = async (events: readonly What[]): Promise<void> => {
    await log.scheduler.commit(run, events, random.pick(CARRIAGES));
    await turns(random, 5);
  };
  await commit([what.runStarted(), what.nodeScheduled('a'), what.nodeScheduled('b')]);
  const node = async (nodeId: string): Promise<void> => {
    const dispatches = random.integer(1, 3);
    for (let dispatch = 1; dispatch <= dispatches; dispatch += 1) {
      const ref: DispatchRef = what.ref(nodeId, 1, dispatch);
      const pieces = Array.from({ length: random.integer(0, 12) }, (_, index) => `${nodeId}${dispatch}ü${index} `);
      await stream(log, random, deltas(run, ref, pieces));
      if (dispatch < dispatches) {
        await commit([what.taskDispatchLost(ref)]);
        continue;
      }
      texts[`${nodeId}/1/${dispatch}`] = pieces.join('');
      await commit([what.agentInvokeDone(ref, bytesOf(pieces)), what.nodeSucceeded(nodeId)]);
    }
  };
  await Promise.all([node('a'), node('b')]);
  await commit([what.runDone()]);
  // The outbox carries what was never confirmed until it is.
  await log.scheduler.relay(run);
  return texts;
}

async function follow(log: MemoryEventLog, random: SeededRandom, run: RunKey): Promise<CheckingReader> {
  const reader = new CheckingReader();
  while (!reader.ended) {
    let left = random.next() < 0.5 ? random.integer(1, 12) : Infinity;
    for await (const followed of log.follow(run, { cursor: reader.cursor })) {
      reader.take(followed);
      left -= 1;
      if (left <= 0) break;
      if (random.next() < 0.1) await turns(random, 20);
    }
  }
  return reader;
}

test('whatever is lost, doubled or late, and wherever a reader breaks off, it gets everything once', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await withSeed(async (random) => {
      const losses = { tail: () => random.next() < 0.2, taskEvents: () => random.next() < 0.3 };
      await using log = await memoryEventLog({ losses });
      const run = newRun();
      const work = Promise.all([
        produce(log, random, run),
        follow(log, random, run),
        follow(log, random, run),
        turns(random, 30).then(() => follow(log, random, run)),
      ]);
      const [texts, ...readers] = await log.clock.advanceWhile(work);
      for (const reader of [...readers, await log.clock.advanceWhile(follow(log, random, run))]) {
        assert.deepEqual(reader.finalTexts, texts, 'at its end a dispatch has all its text');
      }
    });
  }
});

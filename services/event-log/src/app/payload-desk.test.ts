import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { RunEventSchema, type RunEvent } from '@skein/contracts/event';
import { newRun } from '../testing/sample-events.ts';
import { HistoryUnavailableError, PayloadLostError } from './event-log-errors.ts';
import { PayloadDesk } from './payload-desk.ts';
import { SourceUnavailableError } from './run-history-source.ts';

const textOf = (size: number, fill: string) => Buffer.from(JSON.stringify(fill.repeat(size)));
const digestOf = (text: Uint8Array) => createHash('sha256').update(text).digest();

function claiming(text: Uint8Array): RunEvent {
  const claim = { digest: digestOf(text), sizeBytes: BigInt(text.byteLength) };
  return create(RunEventSchema, { event: { case: 'userInput', value: { message: { claim } } } });
}

function desk(...texts: readonly Uint8Array[]) {
  const asked: string[][] = [];
  const known = new Map(texts.map((text) => [digestOf(text).toString('hex'), text]));
  const source = {
    answers: true,
    fetch: async (_run: unknown, digests: readonly string[]) => {
      if (!source.answers) throw new SourceUnavailableError('nobody answers');
      asked.push([...digests]);
      return new Map(
        digests.flatMap((digest) => (known.has(digest) ? [[digest, known.get(digest) as Uint8Array]] : [])),
      );
    },
  };
  return { desk: new PayloadDesk(source), source, asked };
}

const messageOf = ({ event }: RunEvent) => (event.case === 'userInput' ? event.value.message : undefined);

test('Q1 claims are redeemed, each text asked for once', async () => {
  const text = textOf(300_000, 'x');
  const { desk: payloads, asked } = desk(text);
  const run = newRun();
  const [first, second] = [claiming(text), claiming(text)];
  await payloads.redeem(run, [first, second]);
  for (const event of [first, second]) {
    assert.ok(Buffer.from(messageOf(event)?.json ?? []).equals(text));
    assert.equal(messageOf(event)?.claim, undefined);
  }
  await payloads.redeem(run, [claiming(text)]);
  assert.equal(asked.length, 1);
  await payloads.redeem(run, [create(RunEventSchema, { event: { case: 'runDone', value: {} } })]);
  assert.equal(asked.length, 1, 'events without claims cost nothing');
});

test('Q2 what is known of one run is not told of another', async () => {
  const text = textOf(300_000, 'x');
  const { desk: payloads, asked } = desk(text);
  await payloads.redeem(newRun(), [claiming(text)]);
  await payloads.redeem(newRun(), [claiming(text)]);
  assert.equal(asked.length, 2);
});

test('what cannot be had is an error that says why', async () => {
  const text = textOf(300_000, 'x');
  const { desk: payloads, source } = desk();
  await assert.rejects(payloads.redeem(newRun(), [claiming(text)]), PayloadLostError);
  source.answers = false;
  await assert.rejects(payloads.redeem(newRun(), [claiming(text)]), HistoryUnavailableError);
});

test('only so much is kept, the oldest goes first', async () => {
  const texts = Array.from({ length: 40 }, (_, i) => textOf(1_000_000, String.fromCharCode(97 + (i % 26)) + i));
  const large = texts.map((text) => text.subarray(0));
  const { desk: payloads, asked } = desk(...large);
  const run = newRun();
  for (const text of large) await payloads.redeem(run, [claiming(text)]);
  const before = asked.length;
  await payloads.redeem(run, [claiming(large.at(-1) as Uint8Array)]);
  assert.equal(asked.length, before, 'the newest is at hand');
  await payloads.redeem(run, [claiming(large[0] as Uint8Array)]);
  assert.equal(asked.length, before + 1, 'the oldest is asked for again');
});

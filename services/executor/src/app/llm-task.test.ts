import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { Role, type StreamCompleteRequest } from '@skein/contracts/llm';
import { LlmCallSchema, type TaskReport } from '@skein/contracts/scheduler';
import { skeinError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { joinedText } from '../testing/fake-event-log.ts';
import {
  failureIn,
  outputOf,
  startStage,
  TRANSPORTS,
  type Stage,
  type StageOptions,
} from '../testing/executor-stage.ts';

type StreamComplete = NonNullable<NonNullable<StageOptions['llm']>['streamComplete']>;

const question = { model: 'builtin/echo', messages: [{ role: 'user', content: 'hi' }] };
const llmCall = { case: 'llm' as const, value: create(LlmCallSchema, { model: 'builtin/echo' }) };

async function ask(streamComplete: StreamComplete, input: unknown = question): Promise<TaskReport> {
  await using stage = await startStage({ llm: { streamComplete } });
  return await stage.scheduler.ended(stage.scheduler.dispatch(llmCall, input));
}

function answering(text: string): StreamComplete {
  return async function* () {
    for (const delta of text.match(/.{1,3}/gs) ?? []) yield { event: { case: 'delta', value: delta } };
    const completion = { text, model: 'builtin/echo-1', inputTokens: 2n, outputTokens: 3n };
    yield { event: { case: 'completion', value: completion } };
  };
}

for (const transport of TRANSPORTS) {
  test(`a model is asked over ${transport}, its text streamed and stored`, async () => {
    const asked: StreamCompleteRequest[] = [];
    await using stage: Stage = await startStage({
      transport,
      llm: {
        streamComplete: (request, context) => {
          asked.push(request);
          return answering('hello world')(request, context);
        },
      },
    });
    const seen = await stage.watch('run-1');
    const ref = stage.scheduler.dispatch(llmCall, {
      ...question,
      temperature: 0.5,
      config: { seed: 7, max_tokens: 20 },
    });
    const report = await stage.scheduler.ended(ref);
    assert.equal(outputOf(report), 'hello world');
    assert.equal(report.facts?.target, 'builtin/echo-1');
    assert.deepEqual([report.facts.usage?.inputTokens, report.facts.usage?.outputTokens], [2n, 3n]);
    assert.equal(report.facts.streamedBytes, 11n);
    assert.equal(stage.eventLog.textOf(ref), 'hello world');
    await eventually(() => joinedText(seen) === 'hello world', { describe: 'the live deltas' });
    const [request] = asked;
    assert.equal(request?.idempotencyKey, `${ref.runId}/node/1`);
    assert.equal(request.namespace, 'default');
    const { spec } = request;
    assert.deepEqual([spec?.model, spec?.temperature, spec?.maxTokens, spec?.seed], ['builtin/echo', 0.5, 20, 7n]);
    assert.deepEqual([spec?.messages[0]?.role, spec?.messages[0]?.content], [Role.USER, 'hi']);
  });
}

suite('the output of a model', () => {
  const schema = { type: 'object' };

  test('is a JSON value where an output_schema is given', async () => {
    const report = await ask(answering('{"category":"billing"}'), { ...question, output_schema: schema });
    assert.deepEqual(outputOf(report), { category: 'billing' });
  });
});

suite('a question that cannot be asked', () => {
  const wrong: Record<string, unknown> = {
    'nodes.node.input': 'hi',
    'nodes.node.input.messages': { messages: [] },
    'nodes.node.input.messages[1].role': {
      messages: [
        { role: 'user', content: '' },
        { role: 'wizard', content: '' },
      ],
    },
    'nodes.node.input.temperature': { ...question, temperature: 'hot' },
    'nodes.node.input.max_tokens': { ...question, max_tokens: 1.5 },
    'nodes.node.input.output_schema': { ...question, output_schema: 'object' },
  };
  for (const [place, input] of Object.entries(wrong)) {
    test(`names ${place}`, async () => {
      const failure = failureIn(await ask(answering(''), input));
      assert.deepEqual([failure.code, failure.place, failure.retryable], ['INVALID_FIELD', place, false]);
    });
  }
});

suite('a model that fails', () => {
  for (const [reason, code, retryable] of [
    ['MODEL_NOT_FOUND', Code.NotFound, false],
    ['INVALID_FIELD', Code.InvalidArgument, false],
    ['PROVIDER_ERROR', Code.Unavailable, true],
    ['PROVIDER_ERROR', Code.FailedPrecondition, false],
    ['OUTPUT_SCHEMA_VIOLATION', Code.FailedPrecondition, true],
  ] as const) {
    test(`with ${reason} and ${Code[code]} is ${retryable ? '' : 'not '}retried`, async () => {
      const message = 'as the proxy says';
      const failure = failureIn(
        await ask(async function* () {
          yield { event: { case: 'delta', value: 'we' } };
          throw skeinError({ reason, code, message, remedy: 'mend it', retryAfterMs: 1500 });
        }),
      );
      assert.deepEqual([failure.code, failure.retryable, failure.message], [reason, retryable, message]);
      assert.deepEqual([failure.remedy, failure.retryAfter?.nanos], ['mend it', 500_000_000]);
    });
  }

  test('by ending its stream early is retried', async () => {
    const failure = failureIn(await ask(async function* () {}));
    assert.deepEqual([failure.code, failure.retryable], ['SERVICE_UNAVAILABLE', true]);
  });

  test('is told when the run is cancelled', async () => {
    const called = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    await using stage = await startStage({
      llm: {
        async *streamComplete(_request, { signal }) {
          called.resolve();
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          stopped.resolve();
          yield {};
        },
      },
    });
    const ref = stage.scheduler.dispatch(llmCall, question);
    await called.promise;
    stage.scheduler.cancel(ref);
    await stopped.promise;
    assert.equal(stage.scheduler.reports.length, 0);
  });
});

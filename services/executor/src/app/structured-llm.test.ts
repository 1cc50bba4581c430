/** Models that are to answer with JSON: what becomes of answers that do not fit, and of executors that die between turns. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { OutputCheck, Role, type StreamCompleteRequest } from '@skein/contracts/llm';
import { LlmCallSchema, type TaskReport } from '@skein/contracts/scheduler';
import { eventually } from '@skein/testkit';
import { failureIn, outputOf, startStage, type StageOptions } from '../testing/executor-stage.ts';

type StreamComplete = NonNullable<NonNullable<StageOptions['llm']>['streamComplete']>;

const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
const messages = [{ role: 'user', content: 'a number, please' }];
const question = { model: 'm', messages, output_schema: schema };
const llmCall = { case: 'llm' as const, value: create(LlmCallSchema, { model: 'm', role: 'counter' }) };

/** A model that gives these answers, one a turn, and the last one from then on. */
class ScriptedModel {
  readonly asked: StreamCompleteRequest[] = [];
  readonly #answers: readonly string[];

  constructor(...answers: readonly string[]) {
    this.#answers = answers;
  }

  readonly streamComplete: StreamComplete = (request) => {
    this.asked.push(request);
    return this.#answer(this.#answers[Math.min(this.asked.length, this.#answers.length) - 1] ?? '');
  };

  async *#answer(text: string) {
    yield { event: { case: 'delta' as const, value: text } };
    await Promise.resolve();
    const completion = { text, model: 'fake/m', finishReason: 'stop', inputTokens: 10n, outputTokens: 3n };
    yield { event: { case: 'completion' as const, value: completion } };
  }

  get keys(): string[] {
    return this.asked.map(({ idempotencyKey }) => idempotencyKey.split('/').slice(1).join('/'));
  }
}

async function ask(model: ScriptedModel, input: unknown): Promise<TaskReport> {
  await using stage = await startStage({ llm: { streamComplete: model.streamComplete } });
  return await stage.scheduler.ended(stage.scheduler.dispatch(llmCall, input));
}

suite('a model that is to answer with JSON', () => {
  test('is not asked again where its first answer fits, fenced or not', async () => {
    for (const text of ['{"n":1}', 'Sure:\n```json\n{"n":1}\n```']) {
      const model = new ScriptedModel(text);
      const report = await ask(model, question);
      assert.deepEqual(outputOf(report), { n: 1 });
      assert.deepEqual([report.facts?.prompt?.turns, model.keys], [1, ['node/1']]);
      assert.equal(model.asked[0]?.spec?.outputCheck, OutputCheck.CALLER, 'what was bought is kept, fit or not');
    }
  });

  test('is told what is wrong and mends it, each turn under a key of its own, usage summed', async () => {
    const model = new ScriptedModel('One, I would say', '{"n":"one"}', '{"n":1}');
    const report = await ask(model, question);
    assert.deepEqual(outputOf(report), { n: 1 });
    assert.deepEqual(model.keys, ['node/1', 'node/1/repair/1', 'node/1/repair/2']);
    const third = model.asked[2]?.spec?.messages ?? [];
    assert.deepEqual(
      third.map(({ role }) => role),
      [Role.USER, Role.ASSISTANT, Role.USER, Role.ASSISTANT, Role.USER],
    );
    assert.deepEqual([third[1]?.content, third[3]?.content], ['One, I would say', '{"n":"one"}']);
    assert.match(third[2]?.content ?? '', /the answer is no JSON/);
    assert.match(third[4]?.content ?? '', /\/n must be integer/);
    assert.deepEqual([report.facts?.usage?.inputTokens, report.facts?.usage?.outputTokens], [30n, 9n]);
    assert.equal(report.facts?.prompt?.turns, 3);
  });

  test('that never mends it fails for good after repair_turns, and the violations are listed', async () => {
    for (const [repair_turns, turns] of [
      [undefined, 3],
      [0, 1],
      [5, 6],
    ] as const) {
      const model = new ScriptedModel('{"n":"one"}');
      const failure = failureIn(
        await ask(model, { ...question, ...(repair_turns === undefined ? {} : { repair_turns }) }),
      );
      assert.deepEqual([failure.code, failure.retryable], ['OUTPUT_SCHEMA_VIOLATION', false]);
      assert.equal(model.asked.length, turns);
      assert.deepEqual(failure.details, {
        turns,
        violations: [{ pointer: '/n', keyword: 'type', message: 'must be integer' }],
      });
    }
  });

  test('may answer anything where the schema is true, and is not asked where it is false', async () => {
    const any = new ScriptedModel('no JSON', '[1]');
    assert.deepEqual(outputOf(await ask(any, { ...question, output_schema: true })), [1]);
    assert.deepEqual(any.asked[0]?.spec?.outputSchema, {});
    const none = new ScriptedModel('1');
    const failure = failureIn(await ask(none, { ...question, output_schema: false }));
    assert.deepEqual([failure.code, failure.retryable, none.asked.length], ['OUTPUT_SCHEMA_VIOLATION', false, 0]);
  });

  for (const [place, wrong] of [
    ['repair_turns', { repair_turns: 6 }],
    ['output_schema', { output_schema: { type: 'strin' } }],
    ['context_budget', { context_budget: 5 }],
    ['context_budget.tokens', { context_budget: { tokens: 0 } }],
  ] as const) {
    test(`is not asked where ${place} is wrong`, async () => {
      const model = new ScriptedModel('1');
      const failure = failureIn(await ask(model, { ...question, ...wrong }));
      assert.deepEqual([failure.code, failure.place], ['INVALID_FIELD', `nodes.node.input.${place}`]);
      assert.equal(model.asked.length, 0);
    });
  }
});

test('an executor that dies between turns buys nothing again: the next one asks under the same keys', async () => {
  const stored = new Map<string, string>();
  const bought: string[] = [];
  const texts = ['no JSON', '{"n":7}'];
  const proxy = (whenBought: (count: number) => Promise<void>): StreamComplete =>
    async function* ({ idempotencyKey }) {
      if (!stored.has(idempotencyKey)) {
        await whenBought(bought.length);
        stored.set(idempotencyKey, texts[bought.length] ?? '');
        bought.push(idempotencyKey);
      }
      const completion = { text: stored.get(idempotencyKey) ?? '', model: 'fake/m', inputTokens: 1n, outputTokens: 1n };
      yield { event: { case: 'completion', value: completion } };
    };
  const ref = { runId: '0191fcd3-853f-7648-a691-43958cca9465' };
  {
    const second = Promise.withResolvers<void>();
    const never = new Promise<void>(() => {});
    const dies = (count: number) => (count === 0 ? Promise.resolve() : (second.resolve(), never));
    await using stage = await startStage({
      llm: { streamComplete: proxy(dies) },
      env: { SKEIN_EXECUTOR_DRAIN_TIMEOUT: '1ms' },
    });
    stage.scheduler.dispatch(llmCall, question, { ref });
    await second.promise;
  }
  await using stage = await startStage({ llm: { streamComplete: proxy(() => Promise.resolve()) } });
  const report = await stage.scheduler.ended(
    stage.scheduler.dispatch(llmCall, question, { ref: { ...ref, dispatch: 2 } }),
  );
  assert.deepEqual(outputOf(report), { n: 7 });
  assert.deepEqual(
    bought.map((key) => key.split('/').slice(1).join('/')),
    ['node/1', 'node/1/repair/1'],
  );
  assert.deepEqual([report.facts?.usage?.inputTokens, report.facts?.prompt?.turns], [2n, 2]);
});

suite('a prompt', () => {
  test('over its budget fails before the model is asked, and its largest parts are named', async () => {
    const long = [...messages, { role: 'user', content: 'ü'.repeat(500) }];
    for (const [context_budget, over] of [
      [{ bytes: 900 }, /\d+ bytes of 900/],
      [{ tokens: 100 }, /about \d+ tokens of 100/],
    ] as const) {
      const model = new ScriptedModel('{"n":1}');
      const report = await ask(model, { ...question, messages: long, context_budget });
      const failure = failureIn(report);
      assert.deepEqual([failure.code, failure.retryable], ['CONTEXT_BUDGET_EXCEEDED', false]);
      assert.match(failure.message, over);
      assert.match(failure.message, /largest: messages\[1\] \(user\): 1000 bytes/);
      assert.equal(model.asked.length, 0);
      assert.equal(report.facts?.startedAt, undefined, 'no call was made');
    }
  });

  test('within its budget is asked; a repair that would go beyond it is not', async () => {
    const sizeBytes = 16 + JSON.stringify(schema).length;
    const model = new ScriptedModel('no JSON');
    const failure = failureIn(await ask(model, { ...question, context_budget: { bytes: sizeBytes } }));
    assert.equal(failure.code, 'OUTPUT_SCHEMA_VIOLATION');
    assert.match(failure.message, /no room for another turn in context_budget/);
    assert.equal(model.asked.length, 1);
  });

  test('is reported by its digest and its size', async () => {
    const report = await ask(new ScriptedModel('{"n":1}'), { ...question, temperature: 1 });
    const canonical = `{"messages":[{"content":"a number, please","role":"user"}],"output_schema":{"properties":{"n":{"type":"integer"}},"required":["n"],"type":"object"}}`;
    const { digest, sizeBytes } = report.facts?.prompt ?? {};
    assert.equal(Buffer.from(digest ?? []).toString('hex'), createHash('sha256').update(canonical).digest('hex'));
    assert.equal(sizeBytes, BigInt(16 + JSON.stringify(schema).length));
  });
});

test('a repair is announced to whoever watches', async () => {
  const model = new ScriptedModel('no JSON', '{"n":1}');
  await using stage = await startStage({ llm: { streamComplete: model.streamComplete } });
  const seen = await stage.watch('run-1');
  await stage.scheduler.ended(stage.scheduler.dispatch(llmCall, question, { ref: { runId: 'run-1' } }));
  const states = () => seen.flatMap(({ event }) => (event.case === 'agentState' ? [event.value] : []));
  await eventually(() => states().length === 1, { describe: 'the state' });
  assert.deepEqual([states()[0]?.state, states()[0]?.detail], ['repair', 'turn 2; violations of output_schema: 1']);
});

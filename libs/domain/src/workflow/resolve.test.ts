import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ExpressionError } from '../expression/errors.ts';
import type { JsonValue } from '../expression/json.ts';
import { testScope } from '../expression/scope-fixture.ts';
import type { LlmNode } from './definition.ts';
import { nodeOf, testPlan } from './plan-fixture.ts';
import { localOutput, resolveInput } from './resolve-input.ts';
import { resolveOutput } from './resolve-output.ts';

const edge = (from: string, to: string) => ({ from, to });
const joined = [edge('a', 'c'), edge('b', 'c')];

describe('the input of a node', () => {
  it('of a start node is the run’s input', () => {
    const plan = testPlan(['a']);
    assert.deepEqual(resolveInput(nodeOf(plan, 'a'), testScope({ input: { x: 1 } })), { x: 1 });
  });

  it('after one node is its output, null too', () => {
    const plan = testPlan(['a', 'b'], [edge('a', 'b')]);
    assert.deepEqual(resolveInput(nodeOf(plan, 'b'), testScope({ outputs: { a: [1] } })), [1]);
    assert.equal(resolveInput(nodeOf(plan, 'b'), testScope({ input: 1, outputs: { a: null } })), null);
  });

  it('after several is a map by node id', () => {
    const plan = testPlan(['a', 'b', 'c'], joined);
    const scope = testScope({ outputs: { b: 2, a: 1 } });
    assert.equal(JSON.stringify(resolveInput(nodeOf(plan, 'c'), scope)), '{"a":1,"b":2}');
  });

  it('after several of which one came is that one’s output', () => {
    const plan = testPlan(['a', 'b', 'c'], joined);
    assert.equal(resolveInput(nodeOf(plan, 'c'), testScope({ outputs: { b: 2 } })), 2);
    assert.equal(resolveInput(nodeOf(plan, 'c'), testScope({ outputs: { a: 1, b: 2 } }), ['a']), 1);
  });

  it('with `merge: objects` is one object of all fields, later nodes winning', () => {
    const plan = testPlan(['a', 'b', { id: 'c', type: 'decision', merge: 'objects' }], joined);
    const scope = testScope({ outputs: { a: { x: 1, y: 1 }, b: { y: 2 } } });
    assert.deepEqual(resolveInput(nodeOf(plan, 'c'), scope), { x: 1, y: 2 });
    const mixed = testScope({ outputs: { a: { x: 1 }, b: 'text' } });
    assert.deepEqual(resolveInput(nodeOf(plan, 'c'), mixed), { x: 1, b: 'text' });
    assert.equal(resolveInput(nodeOf(plan, 'c'), testScope({ outputs: { b: 'text' } })), 'text');
  });

  it('after a failure is the error, after nothing null', () => {
    const plan = testPlan(['a', 'b'], [{ from: 'a', to: 'b', on: 'error' }]);
    assert.deepEqual(resolveInput(nodeOf(plan, 'b'), testScope({ input: 1, error: { code: 'x' } })), {
      error: { code: 'x' },
    });
    assert.equal(resolveInput(nodeOf(plan, 'b'), testScope({ input: 1 })), null);
  });

  it('is its template where it has one, null too', () => {
    const given = (input: JsonValue) => nodeOf(testPlan([{ id: 'a', type: 'decision', input }]), 'a');
    const scope = testScope({ input: { x: 1 } });
    assert.deepEqual(resolveInput(given({ y: '${input.x + 1}' }), scope), { y: 2 });
    assert.equal(resolveInput(given(null), scope), null);
    assert.throws(
      () => resolveInput(given('${input.nope}'), scope),
      (error) => error instanceof ExpressionError && error.code === 'MISSING_KEY',
    );
  });

  it('names the outputs it reads', () => {
    const plan = testPlan(
      ['a', 'b', { id: 'c', type: 'llm', model: 'm', when: 'output.a.ok', prompt: '${output.b}' }],
      joined,
    );
    assert.deepEqual([...nodeOf(plan, 'c').needs].toSorted(), ['a', 'b']);
  });
});

describe('the output of a node computed on the spot', () => {
  it('is its input, or a transform’s expression', () => {
    const plan = testPlan(
      ['a', { id: 'b', type: 'transform', expression: 'output.a.n + 1' }, { id: 'c', type: 'output' }],
      [edge('a', 'b')],
    );
    const scope = testScope({ outputs: { a: { n: 1 } } });
    assert.equal(localOutput(nodeOf(plan, 'a'), scope, 'in'), 'in');
    assert.equal(localOutput(nodeOf(plan, 'b'), scope, 'in'), 2);
    assert.equal(localOutput(nodeOf(plan, 'c'), scope, null), null);
  });
});

describe('the request of an llm node', () => {
  const scope = testScope({ input: { text: 'Hi', messages: [{ role: 'user', content: 'from input' }] } });
  const request = (more: Partial<LlmNode>) =>
    resolveInput(nodeOf(testPlan([{ id: 'a', type: 'llm', model: 'm', ...more }]), 'a'), scope);

  it('has system, messages and prompt in this order', () => {
    const made = request({
      prompt: 'P ${input.text}',
      system: 'S',
      messages: [{ role: 'assistant', content: '${input.text}', name: 'x' }],
    });
    assert.deepEqual(made, {
      model: 'm',
      messages: [
        { role: 'system', content: 'S' },
        { role: 'assistant', content: 'Hi', name: 'x' },
        { role: 'user', content: 'P Hi' },
      ],
    });
  });

  it('has its settings where they are given', () => {
    const settings = { output_schema: { type: 'object' }, temperature: 0, max_tokens: 5, config: { seed: 1 } };
    assert.deepEqual(request({ prompt: 'p', ...settings }), {
      model: 'm',
      messages: [{ role: 'user', content: 'p' }],
      ...settings,
    });
  });

  it('takes a list of messages from an expression', () => {
    assert.deepEqual(request({ messages: '${input.messages}' }), {
      model: 'm',
      messages: [{ role: 'user', content: 'from input' }],
    });
  });

  it('without any of them speaks the input', () => {
    const user = (content: JsonValue) => ({ model: 'm', messages: [{ role: 'user', content }] });
    assert.deepEqual(request({}), user('from input'));
    assert.deepEqual(request({ input: { prompt: 'q' } }), user('q'));
    assert.deepEqual(request({ input: 'text' }), user('text'));
    assert.deepEqual(request({ input: { a: 1 } }), user('{"a":1}'));
  });

  for (const messages of ['${input.text}', '${[1]}', "${[{'role': 'user'}]}", "${[{'content': 'x'}]}"]) {
    it(`refuses ${messages} as messages`, () => {
      assert.throws(
        () => request({ messages }),
        (error) => error instanceof ExpressionError && error.code === 'VALUE',
      );
    });
  }
});

describe('the output of a run', () => {
  const plan = testPlan(['a', 'b']);
  const scope = testScope({ outputs: { a: { x: 1 }, b: 2 } });

  it('is that of the one node it ended at', () => assert.deepEqual(resolveOutput(plan, scope, ['a']), { x: 1 }));
  it('is a map where it ended at several', () =>
    assert.deepEqual(resolveOutput(plan, scope, ['a', 'b']), { a: { x: 1 }, b: 2 }));
  it('leaves out nodes without an output', () => {
    assert.deepEqual(resolveOutput(plan, testScope({ outputs: { b: 2 } }), ['a', 'b']), { b: 2 });
    assert.equal(resolveOutput(plan, testScope(), ['a']), null);
  });
  it('is null where it ended nowhere', () => assert.equal(resolveOutput(plan, scope, []), null));
  it('is the template of the workflow where there is one', () => {
    const own = testPlan(['a', 'b'], [], { output: { sum: '${output.a.x + output.b}' } });
    assert.deepEqual(resolveOutput(own, scope, ['a']), { sum: 3 });
  });
});

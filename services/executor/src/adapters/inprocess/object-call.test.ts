import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  AgentFunctionError,
  type AgentFunctionCall,
  type AgentObject,
  type AgentObjectTask,
} from '../../app/agent-function.ts';
import { failureIn, outputOf, startStage } from '../../testing/executor-stage.ts';
import type { AgentOptions } from '../../testing/fake-scheduler.ts';

async function ask(work: AgentObject, input: unknown, options: AgentOptions = {}) {
  await using stage = await startStage({ functions: { work } });
  return await stage.scheduler.ended(stage.scheduler.dispatchAgent('work', input, options));
}

class Tutor {
  readonly #greeting = 'hello';
  greet(payload: { name: string }): string {
    return `${this.#greeting}, ${payload.name}`;
  }
  async grade(payload: number): Promise<object> {
    if (payload < 0) return { success: false, error: 'no such mark' };
    return { success: true, data: payload * 2, metadata: { agentId: 'tutor' } };
  }
  stream(_payload: unknown, { delta }: AgentFunctionCall): string {
    delta('one ');
    return 'two';
  }
  refuse(): never {
    throw new AgentFunctionError('NO_STOCK', 'come back later');
  }
}

suite('agents that are objects', () => {
  test('have their methods called by task type, as themselves', async () => {
    assert.equal(outputOf(await ask(new Tutor(), { name: 'Ada' }, { skillId: 'greet' })), 'hello, Ada');
    assert.equal(outputOf(await ask({ add: ([a = 0, b = 0]: number[]) => a + b }, [1, 2], { skillId: 'add' })), 3);
    assert.equal(outputOf(await ask(new Tutor(), null, { skillId: 'stream' })), 'two');
  });

  test('may answer with a result', async () => {
    assert.equal(outputOf(await ask(new Tutor(), 4, { config: { task_type: 'grade' } })), 8);
    const failure = failureIn(await ask(new Tutor(), -1, { skillId: 'grade' }));
    assert.deepEqual([failure.code, failure.message], ['AGENT_ERROR_STATUS', 'no such mark']);
  });

  test('with `execute` are given the task', async () => {
    let got: AgentObjectTask | undefined;
    const agent = {
      id: 'tutor',
      type: 'tutoring',
      version: '1.0.0',
      capabilities: () => ['hint'],
      execute: (task: AgentObjectTask) => ((got = task), { success: true, data: 'done' }),
    };
    assert.equal(outputOf(await ask(agent, { n: 1 }, { skillId: 'hint' })), 'done');
    assert.deepEqual([got?.type, got?.payload, got?.context.call.attempt], ['hint', { n: 1 }, 1]);
    assert.equal(got?.id, got?.context.requestId);
  });

  for (const type of ['missing', 'constructor', 'toString', '__proto__']) {
    test(`have no task of type ${type}`, async () => {
      const failure = failureIn(await ask(new Tutor(), null, { skillId: type }));
      assert.deepEqual([failure.code, failure.retryable], ['METHOD_NOT_FOUND', false]);
      assert.match(failure.message, /Method not found$/);
    });
  }

  test('fail as functions do', async () => {
    const typed = failureIn(await ask(new Tutor(), null, { skillId: 'refuse' }));
    assert.deepEqual([typed.code, typed.retryable], ['NO_STOCK', false]);
    const untyped = failureIn(await ask(new Tutor(), null, { skillId: 'greet' }));
    assert.deepEqual([untyped.code, untyped.retryable], ['UNKNOWN', true]);
    assert.equal(
      failureIn(await ask({ execute: () => 'done' }, null, { skillId: 'x' })).code,
      'AGENT_PROTOCOL_VIOLATION',
    );
  });
});

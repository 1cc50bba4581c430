import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LlmService, type CompletionSpec } from '@skein/contracts/llm';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

test('an answer is streamed to people and given whole to scripts', async () => {
  const specs: (CompletionSpec | undefined)[] = [];
  await using platform = await fakePlatform(({ service }) =>
    service(LlmService, {
      complete({ spec }) {
        specs.push(spec);
        return { completion: { text: 'Hello', model: 'builtin/echo', outputTokens: 1n } };
      },
      async *streamComplete({ spec }) {
        specs.push(spec);
        for (const delta of ['Hel', 'lo'])
          yield await Promise.resolve({ event: { case: 'delta', value: delta } } as const);
        yield { event: { case: 'completion', value: { text: 'Hello' } } } as const;
      },
      listModels: () => ({ models: [{ model: 'builtin/echo', provider: 'builtin', description: 'says it again' }] }),
    }),
  );
  const ask = (...args: string[]) => useCli(['llm', 'complete', ...args, '--api', platform.url], { stdin: 'Hi' });
  const options = ['--system', 'be brief', '--temperature', '0.5', '--seed', '7', '--max-tokens', '9'];
  assert.equal((await ask('-', ...options)).stdout, 'Hello\n');
  assert.deepEqual(
    specs[0]?.messages.map(({ content }) => content),
    ['be brief', 'Hi'],
  );
  assert.deepEqual([specs[0]?.temperature, specs[0]?.seed, specs[0]?.maxTokens], [0.5, 7n, 9]);
  const { stdout } = await ask('Hi', '-o', 'json');
  assert.partialDeepStrictEqual(JSON.parse(stdout), { text: 'Hello', output_tokens: 1, replayed: false });
  assert.equal((await ask(' ')).code, EXIT.invalid);
  const models = await useCli(['llm', 'models', '--api', platform.url]);
  assert.match(models.stdout, /builtin\/echo +builtin +says it again/);
});

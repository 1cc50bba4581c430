import { Role } from '@skein/contracts/llm';
import { beginStream, endStream, fakeOpenAi, sendError, sendText, type FakeOpenAi } from './fake-openai.ts';
import { llmRig, type LlmRig, type RigOptions } from './llm-rig.ts';

/** A proxy before an upstream that answers when it is told to, and numbers its answers. */
export interface CountedRig extends LlmRig {
  readonly upstream: FakeOpenAi;
  /** Lets the answers go. */
  release(): void;
  /** Makes the next call fail. */
  failNext(): void;
}

/** A question for the counted upstream. */
export const question = (idempotencyKey = '', content = 'hi') => ({
  spec: { model: 'openai/counted', messages: [{ role: Role.USER, content }] },
  idempotencyKey,
});

/** Starts both; `held`: the upstream sends `answer`, and ` N` only after `release`. */
export async function countedRig(held: boolean, options: RigOptions = {}): Promise<CountedRig> {
  await using cleanup = new AsyncDisposableStack();
  const gate = Promise.withResolvers<void>();
  if (!held) gate.resolve();
  let answers = 0;
  let failing = false;
  const upstream = cleanup.use(
    await fakeOpenAi(async ({ response }) => {
      if (failing) {
        failing = false;
        return sendError(response, 500, { message: 'as told' });
      }
      answers += 1;
      const mine = answers;
      beginStream(response);
      sendText(response, 'answer');
      await gate.promise;
      if (response.destroyed) return;
      sendText(response, ` ${mine}`);
      endStream(response);
    }),
  );
  const openai = { baseUrl: upstream.baseUrl, apiKey: undefined, models: ['counted'] };
  const rig = cleanup.use(await llmRig({ providers: { openai }, ...options }));
  const stopping = cleanup.move();
  return {
    ...rig,
    upstream,
    release: () => gate.resolve(),
    failNext() {
      failing = true;
    },
    [Symbol.asyncDispose]: () => stopping[Symbol.asyncDispose](),
  };
}

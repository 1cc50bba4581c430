import type { MessageInitShape } from '@bufbuild/protobuf';
import { CompletionSchema, Role, type Completion, type CompletionSpecSchema } from '@skein/contracts/llm';
import { connect, type Api } from '../../api/api.ts';
import { durationOfMs } from '../../api/wire-values.ts';
import { invalidValue } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import type { Host } from '../../host.ts';
import { JSON_FORMS, readJsonObject } from '../../input/json-input.ts';
import { parseSpanMs, realNumber, wholeNumber } from '../../input/option-values.ts';
import type { Output } from '../../output/output.ts';
import { plainJson } from '../../output/plain-json.ts';

interface Options {
  readonly model?: string;
  readonly system?: string;
  readonly schema?: string;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly seed?: number;
  readonly timeout?: number;
  readonly idempotencyKey?: string;
  readonly stream: boolean;
}

const MAX_TOKENS = 2 ** 31 - 1;

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<prompt>', 'what to ask; - is standard input')
    .option('-m, --model <name>', 'PROVIDER/MODEL; default: the one the platform is configured with')
    .option('--system <text>', 'instructions')
    .option('--schema <json>', `JSON Schema that the answer must match: ${JSON_FORMS}`)
    .option('--max-tokens <count>', 'most tokens to write', wholeNumber(1, MAX_TOKENS))
    .option('--temperature <number>', '0 to 2', realNumber(0, 2))
    .option('--seed <number>', 'makes the built-in models repeatable', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--timeout <span>', 'longest time to wait (30s, 5m)', parseSpanMs)
    .option('--idempotency-key <key>', 'the same key again gives the same answer without asking again')
    .option('--no-stream', 'print the answer when it is complete');
  invocation.handle(command, async (session, prompt: string, options: Options) => {
    const { output } = session;
    const spec = await specOf(prompt, options, session.host);
    const completion = await complete(await connect(session), spec, options, output);
    if (completion) output.document(plainJson(CompletionSchema, completion));
  });
};

async function specOf(
  prompt: string,
  options: Options,
  host: Host,
): Promise<MessageInitShape<typeof CompletionSpecSchema>> {
  const content = prompt === '-' ? await host.readStdin() : prompt;
  if (content.trim() === '') throw invalidValue('<prompt>', 'the prompt is empty', 'say what to ask');
  const { model = '', system, schema, maxTokens, temperature, seed, timeout } = options;
  return {
    model,
    messages: [...(system === undefined ? [] : [{ role: Role.SYSTEM, content: system }]), { role: Role.USER, content }],
    ...(schema === undefined ? {} : { outputSchema: await readJsonObject(schema, '--schema', host) }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(seed === undefined ? {} : { seed: BigInt(seed) }),
    ...(timeout === undefined ? {} : { timeout: durationOfMs(timeout) }),
  };
}

async function complete(
  { llm, namespace }: Api,
  spec: MessageInitShape<typeof CompletionSpecSchema>,
  { stream, idempotencyKey = '' }: Options,
  output: Output,
): Promise<Completion | undefined> {
  const request = { namespace, spec, idempotencyKey };
  if (output.json || !stream) {
    const { completion } = await llm.complete(request);
    output.line(completion?.text);
    return completion;
  }
  let last: Completion | undefined;
  for await (const { event } of llm.streamComplete(request)) {
    if (event.case === 'delta') output.text(event.value);
    if (event.case === 'completion') last = event.value;
  }
  output.line();
  return last;
}

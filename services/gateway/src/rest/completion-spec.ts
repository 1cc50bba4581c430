/** A question to a model as REST takes it. */
import type { JsonObject, MessageInitShape } from '@bufbuild/protobuf';
import { RoleSchema, type CompletionSpecSchema, type Role } from '@skein/contracts/llm';
import { durationOfMs } from '@skein/events';
import { enumNumber, enumWords } from '../presentation/enum-word.ts';
import { parseDurationMs } from '../presentation/time-text.ts';
import { durationSchema, fields } from './route-schema.ts';

/** Body of a completion, and message of a stream. */
export interface CompletionBody {
  readonly model?: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly output_schema?: JsonObject;
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly seed?: number;
  readonly timeout?: string;
  readonly idempotency_key?: string;
}

const ROLES = enumWords(RoleSchema);

/** The schema of {@link CompletionBody}. */
export const COMPLETION_BODY = {
  ...fields(
    {
      model: { type: 'string', description: '`PROVIDER/MODEL` or an alias. Default: that of the proxy.' },
      messages: {
        type: 'array',
        minItems: 1,
        maxItems: 1000,
        description: 'The conversation.',
        items: fields(
          {
            role: {
              type: 'string',
              enum: [...ROLES, ...ROLES.map((word) => word.toLowerCase())],
              description: 'Who speaks.',
            },
            content: { type: 'string', description: 'What is said.' },
          },
          ['role', 'content'],
        ),
      },
      output_schema: {
        type: 'object',
        additionalProperties: true,
        description: 'JSON Schema that the completion must match as JSON. Default: free text.',
      },
      temperature: { type: 'number', minimum: 0, maximum: 2, description: "Default: the provider's." },
      max_tokens: {
        type: 'integer',
        minimum: 1,
        maximum: 2_147_483_647,
        description: "Most tokens to write. Default: the provider's.",
      },
      seed: { type: 'integer', description: 'Makes providers that support it repeatable.' },
      timeout: durationSchema('Longest time to wait. Default: LLM_TIMEOUT_MS.'),
      idempotency_key: {
        type: 'string',
        maxLength: 512,
        description: 'The same key answers with the stored completion. The header Idempotency-Key says the same.',
      },
    },
    ['messages'],
  ),
  examples: [{ messages: [{ role: 'user', content: 'Summarise: the parcel came late and broken.' }] }],
};

/** The question for the wire. */
export function completionSpec(body: CompletionBody): MessageInitShape<typeof CompletionSpecSchema> {
  const { output_schema: outputSchema, temperature, max_tokens: maxTokens, seed } = body;
  const timeoutMs = timeoutMsOf(body);
  return {
    model: body.model ?? '',
    messages: body.messages.map(({ role, content }) => ({ role: enumNumber(RoleSchema, role) as Role, content })),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(seed === undefined ? {} : { seed: BigInt(seed) }),
    ...(timeoutMs === undefined ? {} : { timeout: durationOfMs(timeoutMs) }),
  };
}

/** Longest time that the question may take, in milliseconds; undefined: the proxy decides. */
export function timeoutMsOf({ timeout }: CompletionBody): number | undefined {
  return timeout === undefined ? undefined : parseDurationMs(timeout);
}

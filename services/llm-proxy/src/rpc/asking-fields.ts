/** A request for a completion → a question that keeps every bound, or every violation at once. */
import {
  OutputCheck,
  Role,
  type CompleteRequest,
  type CompletionSpec,
  type Message as WireMessage,
} from '@skein/contracts/llm';
import { compileSchema, type JsonObject } from '@skein/domain';
import { msOfDuration } from '@skein/events';
import type { Asking } from '../app/completions.ts';
import type { Message, Question, Role as RoleName } from '../domain/question.ts';
import { Violations } from './violations.ts';

const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const MAX_KEY_LENGTH = 512;
const MAX_MODEL_LENGTH = 256;
const MAX_MESSAGES = 1000;
const MAX_CONTENT_BYTES = 1024 * 1024;
const MAX_TIMEOUT_MS = 24 * 3_600_000;

const ROLES: ReadonlyMap<Role, RoleName> = new Map([
  [Role.SYSTEM, 'system'],
  [Role.USER, 'user'],
  [Role.ASSISTANT, 'assistant'],
]);

/** @throws INVALID_FIELD with every violation. */
export function askingOf(request: Pick<CompleteRequest, 'namespace' | 'spec' | 'idempotencyKey'>): Asking {
  const violations = new Violations();
  const { spec, idempotencyKey } = request;
  const namespace = namespaceOf(request.namespace, violations);
  if (idempotencyKey.length > MAX_KEY_LENGTH) {
    violations.add('idempotency_key', `give at most ${MAX_KEY_LENGTH} characters`);
  }
  checkText('idempotency_key', idempotencyKey, violations);
  if (spec === undefined) violations.add('spec', 'is required', 'REQUIRED');
  const question = spec === undefined ? undefined : questionOf(spec, violations);
  const timeoutMs = spec === undefined ? undefined : timeoutOf(spec, violations);
  violations.throwIfAny();
  return { namespace, idempotencyKey, question: question as Question, timeoutMs };
}

/** The namespace of a request; `default` where none is given. */
export function namespaceOf(namespace: string, violations: Violations): string {
  if (namespace === '') return 'default';
  if (!NAMESPACE.test(namespace)) {
    violations.add('namespace', 'give 1 to 63 lower-case letters, digits and hyphens, no hyphen at either end');
  }
  return namespace;
}

function questionOf(spec: CompletionSpec, violations: Violations): Question {
  const { model, temperature, maxTokens, seed } = spec;
  if (model.length > MAX_MODEL_LENGTH) violations.add('spec.model', `give at most ${MAX_MODEL_LENGTH} characters`);
  checkText('spec.model', model, violations);
  if (temperature !== undefined && !(temperature >= 0 && temperature <= 2)) {
    violations.add('spec.temperature', 'give 0 to 2, or leave it out');
  }
  if (maxTokens !== undefined && maxTokens < 1) violations.add('spec.max_tokens', 'give 1 or more, or leave it out');
  return {
    model,
    messages: messagesOf(spec.messages, violations),
    outputSchema: schemaOf(spec.outputSchema, violations),
    enforcesSchema: spec.outputCheck !== OutputCheck.CALLER,
    temperature,
    maxTokens,
    seed,
  };
}

function messagesOf(messages: readonly WireMessage[], violations: Violations): readonly Message[] {
  if (messages.length === 0) violations.add('spec.messages', 'give at least one message', 'REQUIRED');
  if (messages.length > MAX_MESSAGES) violations.add('spec.messages', `give at most ${MAX_MESSAGES} messages`);
  const sizeBytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  if (sizeBytes > MAX_CONTENT_BYTES) violations.add('spec.messages', 'give at most 1 MiB of content in all');
  return messages.map(({ role, content }, at) => {
    const name = ROLES.get(role);
    if (name === undefined) violations.add(`spec.messages[${at}].role`, 'give SYSTEM, USER or ASSISTANT', 'REQUIRED');
    return { role: name ?? 'user', content };
  });
}

function schemaOf(schema: CompletionSpec['outputSchema'], violations: Violations): JsonObject | undefined {
  if (schema === undefined) return undefined;
  const compiled = compileSchema(schema);
  if ('reason' in compiled) {
    const where = compiled.pointer.replaceAll('/', '.');
    violations.add(`spec.output_schema${where}`, `is no JSON Schema (2020-12): ${compiled.reason}`);
  }
  return schema;
}

function timeoutOf({ timeout }: CompletionSpec, violations: Violations): number | undefined {
  const timeoutMs = msOfDuration(timeout);
  if (timeoutMs !== undefined && !(timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS)) {
    violations.add('spec.timeout', 'give 1 ms to 24 h, or leave it out');
  }
  return timeoutMs;
}

/** Characters that no store keeps. */
function checkText(field: string, text: string, violations: Violations): void {
  if (text.includes('\0')) violations.add(field, 'leave out the character U+0000');
  else if (!text.isWellFormed()) violations.add(field, 'give whole Unicode characters, no lone surrogates');
}

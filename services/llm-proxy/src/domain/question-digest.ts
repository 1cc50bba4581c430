import { createHash } from 'node:crypto';
import { canonicalJson } from '@skein/domain';
import type { Question } from './question.ts';

/**
 * The same for the same question, so that an idempotency key used for another one is noticed. The model counts as it
 * was asked for: an alias that is pointed elsewhere does not make another question.
 */
export function questionDigest(question: Question): Buffer {
  const { model, messages, outputSchema, temperature, maxTokens, seed } = question;
  const text = canonicalJson([
    model,
    messages.map(({ role, content }) => [role, content]),
    outputSchema ?? null,
    temperature ?? null,
    maxTokens ?? null,
    seed === undefined ? null : String(seed),
  ]);
  return createHash('sha256').update(text).digest();
}

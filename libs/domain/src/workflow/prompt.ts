import { createHash } from 'node:crypto';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, textOf } from '../expression/json.ts';
import { canonicalJson } from './canonical-json.ts';
import type { JsonSchema } from './definition.ts';

/**
 * What a model is given to read, as it stands in the input of an llm node's task: the messages, and the schema of the
 * answer. Both may stand in the question's `config`, where the question itself does not have them.
 */
export interface LlmPrompt {
  readonly messages: readonly JsonValue[];
  readonly outputSchema: JsonSchema | undefined;
}

/** A piece of a prompt, and what it weighs. */
export interface PromptPart {
  /** Such as `messages[0] (system)` or `output_schema`. */
  readonly name: string;
  /** UTF-8 bytes. */
  readonly sizeBytes: number;
  /** Estimated; see {@link estimateTokens}. */
  readonly tokens: number;
}

/** What a prompt weighs. */
export interface PromptSize {
  readonly sizeBytes: number;
  /** Estimated, with TOKENS_A_MESSAGE for every message. */
  readonly tokens: number;
  /** In the order of the prompt. */
  readonly parts: readonly PromptPart[];
}

/** What chat formats put around each message. */
const TOKENS_A_MESSAGE = 4;

/** The prompt in the input of an llm node's task; undefined where it has no list of messages. */
export function promptOf(question: JsonValue): LlmPrompt | undefined {
  if (!isJsonObject(question) || !isJsonArray(question['messages'])) return undefined;
  const config = isJsonObject(question['config']) ? question['config'] : {};
  const schema = question['output_schema'] ?? config['output_schema'];
  const isSchema = typeof schema === 'boolean' || isJsonObject(schema);
  return { messages: question['messages'], outputSchema: isSchema ? schema : undefined };
}

/** SHA-256 of the prompt's canonical JSON: the same for the same prompt, whoever computes it. */
export function promptDigest({ messages, outputSchema }: LlmPrompt): Uint8Array {
  const json: JsonObject = { messages, ...(outputSchema === undefined ? {} : { output_schema: outputSchema }) };
  return createHash('sha256').update(canonicalJson(json)).digest();
}

/** Weighs a prompt: its bytes exactly, its tokens by estimate. */
export function promptSize({ messages, outputSchema }: LlmPrompt): PromptSize {
  const parts = messages.map((message, at) => messagePart(message, at));
  if (outputSchema !== undefined) parts.push(part('output_schema', JSON.stringify(outputSchema), 0));
  return {
    sizeBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    tokens: parts.reduce((sum, { tokens }) => sum + tokens, 0),
    parts,
  };
}

/**
 * Tokens of a text, by a rule that needs no model's vocabulary: four ASCII characters are a token, and so are two bytes
 * of anything else, any part of one counting as one. It errs on the high side for the tokenizers in use, by about a
 * tenth for English and up to twice for other scripts: a budget that holds by it holds by them.
 */
export function estimateTokens(text: string): number {
  const sizeBytes = Buffer.byteLength(text);
  let asciiChars = 0;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) < 128) asciiChars += 1;
  return Math.ceil(asciiChars / 4) + Math.ceil((sizeBytes - asciiChars) / 2);
}

function messagePart(message: JsonValue, at: number): PromptPart {
  const { role, content }: JsonObject = isJsonObject(message) ? message : {};
  const speaker = typeof role === 'string' ? role : 'user';
  return part(`messages[${at}] (${speaker})`, textOf(content), TOKENS_A_MESSAGE);
}

function part(name: string, text: string, moreTokens: number): PromptPart {
  return { name, sizeBytes: Buffer.byteLength(text), tokens: estimateTokens(text) + moreTokens };
}

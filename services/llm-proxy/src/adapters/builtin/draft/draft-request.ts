/** What a letter is to be written from, read out of a prompt or a JSON value. */
import { isJsonObject, type JsonObject, type JsonValue } from '@skein/domain';

/** What is known before writing. */
export interface DraftRequest {
  /** Empty: not known. */
  readonly name: string;
  /** What the customer wrote. */
  readonly question: string;
  /** What is to be told, as paragraphs; empty: nothing is known yet. */
  readonly answer: readonly string[];
  /** Facts that are given by name, such as `order_id: 17`. */
  readonly given: readonly string[];
}

const TEXT_MEMBERS = ['text', 'message', 'user_query', 'query', 'question', 'body', 'description', 'content'];
const ANSWER_MEMBERS = ['answer', 'response', 'final_message', 'reply', 'resolution', 'result'];
const NESTED_MEMBERS = ['ticket', 'input', 'customer', 'context'];
const MAX_GIVEN = 6;
const GREETING = /^(?:hello|hi|dear|hola|guten tag|hallo|buenos días|liebe[r]?)[,:]?\s+([^,!:\n]{1,80})[,!:]$/i;
const GREETING_WITHOUT_NAME = /^(?:hello|hi|hola|guten tag|hallo|buenos días)[,!:]?$/i;

export function draftRequestOf(prompt: string): DraftRequest {
  const json = objectIn(prompt);
  if (json !== undefined) return requestOfObject(json);
  const [question = '', ...others] = sectionsOf(prompt);
  const source = others.at(-1);
  if (source === undefined) return { name: '', question: prompt, answer: [], given: [] };
  const told = objectIn(source);
  if (told !== undefined) return { ...requestOfObject(told), question };
  return { ...letterOf(source), question, given: [] };
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const json = JSON.parse(text) as JsonValue;
    return isJsonObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** A line that names the part of the prompt below it, such as `Ticket (billing):` or `Answer of the specialist:`. */
const LABEL = new RegExp(
  String.raw`(?:^|\n[ \t]*\n)(?=[^:\n]{1,60}:[ \t]*\n[ \t]*\S)[^:\n]*` +
    String.raw`(?:ticket|question|message|request|customer|answer|reply|response|facts|context|finding|` +
    String.raw`anfrage|nachricht|antwort|consulta|mensaje|respuesta)[^:\n]*:[ \t]*(?=\n)`,
  'gi',
);

/** The parts of a prompt under their labels. */
function sectionsOf(prompt: string): string[] {
  return prompt
    .replaceAll('\r', '')
    .split(LABEL)
    .map((section) => section.trim())
    .filter((section) => section !== '');
}

/** Name and body of a letter, without its greeting and closing. */
function letterOf(text: string): { readonly name: string; readonly answer: readonly string[] } {
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => paragraph.trim());
  const first = paragraphs[0] ?? '';
  const name = GREETING.exec(first)?.[1]?.trim() ?? '';
  if (name !== '' || GREETING_WITHOUT_NAME.test(first)) paragraphs.shift();
  const last = paragraphs.at(-1) ?? '';
  if (paragraphs.length > 1 && last.length <= 80 && !/[.!?]$/.test(last)) paragraphs.pop();
  return { name, answer: paragraphs.filter((paragraph) => paragraph !== '') };
}

function requestOfObject(object: JsonObject): DraftRequest {
  const parts = [object, ...NESTED_MEMBERS.map((member) => object[member]).filter(isJsonObject)];
  const text = (members: readonly string[]): string =>
    members.flatMap((member) => parts.map((part) => part[member])).find((value) => typeof value === 'string') ?? '';
  const letter = letterOf(text(ANSWER_MEMBERS));
  return {
    name: text(['name', 'customer_name']) || letter.name,
    question: text(TEXT_MEMBERS),
    answer: letter.answer,
    given: givenIn(object),
  };
}

/** Members that are short and plain enough to be restated. */
function givenIn(object: JsonObject): string[] {
  const known = new Set([...TEXT_MEMBERS, ...ANSWER_MEMBERS, 'name', 'customer_name']);
  return Object.entries(object)
    .filter(([name, value]) => !known.has(name) && (typeof value === 'number' || isShort(value)))
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${textOf(value)}`)
    .slice(0, MAX_GIVEN);
}

const isShort = (value: JsonValue): boolean => typeof value === 'string' && value !== '' && value.length <= 80;

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

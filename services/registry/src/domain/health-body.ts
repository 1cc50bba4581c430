/** What the answer of `GET /health` says, in whichever dialect of JSON the agent speaks. */
import type { AgentFacts, Protocol } from './agent-record.ts';

/** A JSON object of somebody else's making. */
export type ForeignObject = Readonly<Record<string, unknown>>;

const BAD_WORDS = new Set([
  'unhealthy',
  'down',
  'fail',
  'failed',
  'failing',
  'failure',
  'error',
  'critical',
  'dead',
  'false',
  'starting',
  'stopping',
  'stopped',
  'draining',
  'not_ready',
  'not_serving',
  'out_of_service',
  'unavailable',
]);

/** The JSON object in a body; undefined: it is none. */
export function healthObjectOf(body: string): ForeignObject | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ForeignObject) : undefined;
  } catch {
    return undefined;
  }
}

const WEAK_WORDS = new Set(['degraded', 'warn', 'warning', 'impaired', 'partial', 'overloaded', 'busy']);

/**
 * Why an agent that answered 2xx is unhealthy all the same; undefined: it is not. Words that are not known count as
 * healthy.
 */
export function illnessIn(body: ForeignObject | undefined): string | undefined {
  if (body === undefined) return undefined;
  const illness = wordIn(body, BAD_WORDS);
  if (illness !== undefined) return illness;
  for (const member of ['ready', 'healthy', 'ok', 'status']) {
    if (body[member] === false) return `${member} is false`;
  }
  return undefined;
}

/** Why an agent that takes calls works below its best; undefined: it does not say so. */
export function weaknessIn(body: ForeignObject | undefined): string | undefined {
  return body === undefined ? undefined : wordIn(body, WEAK_WORDS);
}

/** The first member about the agent's state that has one of the words. */
function wordIn(body: ForeignObject, words: ReadonlySet<string>): string | undefined {
  for (const member of ['status', 'health', 'state']) {
    const word = body[member];
    if (typeof word === 'string' && words.has(word.toLowerCase().replaceAll(/[\s-]/g, '_')))
      return `${member} is ${word}`;
  }
  return undefined;
}

/** What the body says of the agent. */
export function factsInHealth(body: ForeignObject | undefined): AgentFacts {
  const text = (member: string): string => {
    const value = body?.[member];
    return typeof value === 'string' ? value : '';
  };
  return {
    version: text('version'),
    name: text('name'),
    description: text('description'),
    capabilities: wordsIn(body?.['capabilities']),
    skills: [],
  };
}

/** Members of the body that may name the protocol, or the path that is served. */
const HINT_MEMBERS = ['protocol', 'protocols', 'interface', 'interfaces', 'endpoints', 'routes'];

/** Words that stand for a protocol. */
const HINTS: ReadonlyArray<readonly [Protocol, RegExp]> = [
  ['HTTP_PROCESS', /\bprocess\b|http_process/],
  ['HTTP_INVOKE_SSE', /\binvoke\b|\bsse\b|http_invoke/],
  ['HTTP_EXECUTE', /\bexecute\b|http_execute/],
];

/** The protocol that the body names; undefined: none, or more than one. */
export function protocolHintIn(body: ForeignObject | undefined): Protocol | undefined {
  const hints = HINT_MEMBERS.flatMap((member) => wordsIn(body?.[member])).map((word) => word.toLowerCase());
  const named = HINTS.filter(([, pattern]) => hints.some((hint) => pattern.test(hint)));
  return named.length === 1 ? named[0]?.[0] : undefined;
}

/** The texts of a text, a list of texts, or the keys of an object. */
function wordsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.filter((item): item is string => typeof item === 'string');
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

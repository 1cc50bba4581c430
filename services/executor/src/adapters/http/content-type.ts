import { passing } from '../../domain/call-failure.ts';
import type { AgentResponse } from './http-connections.ts';

/** What a protocol's answers are. */
export type WantedType = 'json' | 'event-stream';

/** Whether an answer is of a type. */
export function isOfType(headers: AgentResponse['headers'], wanted: WantedType): boolean {
  const given = contentTypeOf(headers);
  if (given === 'application/json') return wanted === 'json';
  return wanted === 'json' ? /^application\/(?:[\w.-]+\+)?json\b/i.test(given) : /^text\/event-stream\b/i.test(given);
}

/**
 * Checks that an answer is of the type that the protocol asks for.
 * @throws CallError AGENT_PROTOCOL_VIOLATION
 */
export function demandContentType(
  { headers }: Pick<AgentResponse, 'headers'>,
  wanted: WantedType,
  place: string,
): void {
  if (isOfType(headers, wanted)) return;
  const given = contentTypeOf(headers);
  const name = wanted === 'json' ? 'application/json' : 'text/event-stream';
  throw passing('AGENT_PROTOCOL_VIOLATION', {
    message: `the agent answered with ${given === '' ? 'no content type' : `content type ${given}`} instead of ${name}`,
    place,
    remedy: `answer with ${name}, or register the agent with the protocol that it speaks`,
  });
}

function contentTypeOf(headers: AgentResponse['headers']): string {
  const header = headers['content-type'];
  return (Array.isArray(header) ? header[0] : header) ?? '';
}

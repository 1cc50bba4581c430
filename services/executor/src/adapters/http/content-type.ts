import { passing } from '../../domain/call-failure.ts';
import type { AgentResponse } from './http-connections.ts';

/**
 * Checks that an answer is of the type that the protocol asks for.
 * @throws CallError AGENT_PROTOCOL_VIOLATION; the body is dropped.
 */
export function demandContentType(response: AgentResponse, wanted: 'json' | 'event-stream', place: string): void {
  const header = response.headers['content-type'];
  const given = (Array.isArray(header) ? header[0] : header) ?? '';
  const fits =
    wanted === 'json' ? /^application\/(?:[\w.-]+\+)?json\b/i.test(given) : /^text\/event-stream\b/i.test(given);
  if (fits) return;
  response.body.destroy();
  const name = wanted === 'json' ? 'application/json' : 'text/event-stream';
  throw passing('AGENT_PROTOCOL_VIOLATION', {
    message: `the agent answered with ${given === '' ? 'no content type' : `content type ${given}`} instead of ${name}`,
    place,
    remedy: `answer with ${name}, or register the agent with the protocol that it speaks`,
  });
}

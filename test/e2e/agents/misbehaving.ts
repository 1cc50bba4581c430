/** Agents that break their protocol, each in its own way, and what the platform must make of it. */
import type { ServerResponse } from 'node:http';
import { beginEvents, sendOutput, type AgentAnswer } from './http-agent.ts';

export interface Misbehaviour {
  readonly name: string;
  readonly protocol: 'http-process' | 'http-invoke-sse';
  readonly answer: AgentAnswer;
  /** Code of the failure that the run ends with. */
  readonly code: string;
  /** How often it is called: failures that would only come again are not retried. */
  readonly attempts: number;
}

const TWICE = 2;

function sendText(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { 'content-type': type }).end(text);
}

export const MISBEHAVIOURS: readonly Misbehaviour[] = [
  {
    name: 'answers garbage',
    protocol: 'http-process',
    answer: (response) => sendText(response, 'application/json', '{"output": oops'),
    code: 'AGENT_PROTOCOL_VIOLATION',
    attempts: TWICE,
  },
  {
    name: 'answers in the wrong type',
    protocol: 'http-process',
    answer: (response) => sendText(response, 'text/html', '<h1>hello</h1>'),
    code: 'AGENT_PROTOCOL_VIOLATION',
    attempts: TWICE,
  },
  {
    name: 'hangs',
    protocol: 'http-process',
    answer: () => undefined,
    code: 'TIMEOUT',
    attempts: TWICE,
  },
  {
    name: 'answers 500',
    protocol: 'http-process',
    answer: (response) => response.writeHead(500).end('out of order'),
    code: 'AGENT_ERROR_STATUS',
    attempts: TWICE,
  },
  {
    name: 'answers 422',
    protocol: 'http-process',
    answer: (response) => response.writeHead(422).end('not for me'),
    code: 'AGENT_ERROR_STATUS',
    attempts: 1,
  },
  {
    name: 'dies in the middle of its answer',
    protocol: 'http-invoke-sse',
    answer: (response) => {
      beginEvents(response)('delta', { text: 'half a sen' });
      setImmediate(() => response.destroy());
    },
    code: 'AGENT_UNREACHABLE',
    attempts: TWICE,
  },
  {
    name: 'ends its stream too early',
    protocol: 'http-invoke-sse',
    answer: (response) => {
      beginEvents(response)('delta', { text: 'and then' });
      response.end();
    },
    code: 'AGENT_PROTOCOL_VIOLATION',
    attempts: TWICE,
  },
  {
    name: 'says itself that it failed',
    protocol: 'http-invoke-sse',
    answer: (response) => {
      beginEvents(response)('error', { code: 'NO_IDEA', message: 'I do not know', retryable: false });
      response.end();
    },
    code: 'NO_IDEA',
    attempts: 1,
  },
  {
    name: 'answers too much',
    protocol: 'http-process',
    answer: (response) => sendOutput(response, 'x'.repeat(1_200_000)),
    code: 'PAYLOAD_TOO_LARGE',
    attempts: 1,
  },
];

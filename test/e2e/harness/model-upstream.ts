/**
 * An OpenAI-compatible server whose model says what the conversation tells it to: the first message of the user is a
 * JSON list of answers, and the n-th turn is answered with the n-th of them, the last one for ever after.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The name under which the platform knows the model. */
export const SCRIPTED_MODEL = 'openai/scripted';

/** A running upstream. */
export interface ModelUpstream extends AsyncDisposable {
  /** What a platform must be told to know the model. */
  readonly environment: NodeJS.ProcessEnv;
  /** How often the model was asked with this list of answers. */
  callsWith(answers: readonly string[]): number;
}

interface ChatRequest {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** Starts the upstream on a free port. */
export async function startModelUpstream(): Promise<ModelUpstream> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding('utf8');
    let text = '';
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const { messages } = JSON.parse(text) as ChatRequest;
      const script = messages.find(({ role }) => role === 'user')?.content ?? '[]';
      calls.push(script);
      const answers = JSON.parse(script) as readonly string[];
      const turn = messages.filter(({ role }) => role === 'assistant').length;
      answerWith(response, answers[Math.min(turn, answers.length - 1)] ?? '');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    environment: { SKEIN_OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, SKEIN_OPENAI_MODELS: 'scripted' },
    callsWith: (answers) => calls.filter((script) => script === JSON.stringify(answers)).length,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answerWith(response: ServerResponse, content: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (chunk: object) => void response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  send({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
  send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  send({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 } });
  response.end('data: [DONE]\n\n');
}

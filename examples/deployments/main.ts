/**
 * An agent over `POST /process`, in plain Node. It listens on the port that it is given, answers its health, and on SIGTERM
 * ends once its answers are written.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

const { PORT = '8080', GREETING = 'Hello', SKEIN_AGENT_VERSION = '' } = process.env;

/** What the platform posts. */
interface Question {
  readonly input?: { readonly context?: { readonly input?: { readonly name?: string } } };
}

const server = createServer((request, response) => {
  if (request.url === '/health') response.end('{"status":"healthy"}');
  else if (request.method === 'POST' && request.url === '/process') void greet(request, response);
  else response.writeHead(404).end();
});

async function greet(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = nameIn(await text(request));
  const output = { greeting: `${GREETING}, ${name}!`, version: SKEIN_AGENT_VERSION, pid: process.pid };
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ output }));
}

function nameIn(body: string): string {
  try {
    const { input } = JSON.parse(body) as Question;
    return input?.context?.input?.name ?? 'you';
  } catch {
    return 'you';
  }
}

server.listen(Number(PORT), () => process.stdout.write(`listening on ${PORT}\n`));
process.once('SIGTERM', () => server.close());

/**
 * An agent over `POST /process`, in plain Node. It listens on the port that it is given, answers its health, and on SIGTERM
 * ends once its answers are written.
 */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const { PORT = '8080', GREETING = 'Hello', SKEIN_AGENT_VERSION = '' } = process.env;

const server = createServer((request, response) => {
  if (request.url === '/health') response.end('{"status":"healthy"}');
  else if (request.method === 'POST' && request.url === '/process') void greet(request, response);
  else response.writeHead(404).end();
});

async function greet(request, response) {
  const body = await text(request);
  let input;
  try {
    ({ input } = JSON.parse(body));
  } catch {
    response.writeHead(400).end();
    return;
  }
  const output = {
    greeting: `${GREETING}, ${input?.context?.input?.name ?? 'you'}!`,
    version: SKEIN_AGENT_VERSION,
    pid: process.pid,
  };
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ output }));
}

server.listen(Number(PORT), () => process.stdout.write(`listening on ${PORT}\n`));
process.once('SIGTERM', () => server.close());

/**
 * An agent over `POST /process`, in plain Node: what the package brings. It listens on the port that it is given, answers its
 * health, and on SIGTERM ends once its answers are written.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { env } from 'node:process';
import { json } from 'node:stream/consumers';

const { PORT = '8080', GREETING = 'Hello', SKEIN_AGENT_VERSION = '' } = env;
// The folder with the files of the package is where it runs.
const { otherwise } = JSON.parse(await readFile('words.json', 'utf8'));

const server = createServer((request, response) => {
  if (request.url === '/health') response.end('{"status":"healthy"}');
  else if (request.method === 'POST' && request.url === '/process') void greet(request, response);
  else response.writeHead(404).end();
});

async function greet(request, response) {
  const question = await json(request).catch(() => ({}));
  const name = question.input?.context?.input?.name ?? otherwise;
  const output = { greeting: `${GREETING}, ${name}!`, version: SKEIN_AGENT_VERSION };
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ output }));
}

server.listen(Number(PORT), () => process.stdout.write(`listening on ${PORT}\n`));
process.once('SIGTERM', () => server.close());

/**
 * An agent in a container. MODE says how it misbehaves: `deaf` ignores SIGTERM; `sick` answers its health with 503 once it was
 * called; `greedy` takes memory without an end once it was called. It answers with what it is and may.
 */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { env, pid } from 'node:process';

const { MODE = '', PORT = '', SECRET = '', SKEIN_AGENT_VERSION = '', SKEIN_ASSIGNMENT_ID = '' } = env;
const hoard = [];
let calls = 0;
process.stdout.write(`started ${SKEIN_AGENT_VERSION} as ${SKEIN_ASSIGNMENT_ID}, the secret is ${SECRET}\n`);
process.on('SIGTERM', () => {
  process.stdout.write('asked to end\n');
  if (MODE !== 'deaf') process.exit(0);
});

const canWrite = (path) => {
  try {
    writeFileSync(path, 'x');
    return true;
  } catch {
    return false;
  }
};

createServer((request, response) => {
  if (request.url === '/health') {
    response.writeHead(MODE === 'sick' && calls > 0 ? 503 : 200).end();
    return;
  }
  if (request.url !== '/process') {
    response.writeHead(404).end();
    return;
  }
  calls += 1;
  process.stdout.write(`call ${calls}\n`);
  // Once its answer is on its way.
  const eat = () => setInterval(() => hoard.push(Buffer.alloc(16 * 1024 * 1024, 1)), 20);
  if (MODE === 'greedy') setTimeout(eat, 500);
  const output = {
    version: SKEIN_AGENT_VERSION,
    assignment: SKEIN_ASSIGNMENT_ID,
    pid,
    user: process.getuid(),
    root: canWrite('/here'),
    tmp: canWrite('/tmp/here'),
    isSecret: SECRET === 'hunter2-and-more',
  };
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ output }));
}).listen(Number(PORT), '0.0.0.0');

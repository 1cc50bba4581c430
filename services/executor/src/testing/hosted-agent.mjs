/**
 * An agent of its own process, for executors that keep it running. MODE says how it misbehaves:
 * `deaf` ignores SIGTERM; `never-ready` answers its health with 503; `flap` is ready and ends 150 ms later;
 * `forgetful` answers its health three times, then no more; `parent` starts a child in its group, and prints its id;
 * `patient` answers calls when `/go` is asked for, which says how many there are.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { env } from 'node:process';

const { MODE = '', PORT = '', SECRET = '' } = env;
let checks = 0;
const waiting = [];
process.stdout.write(`mode ${MODE} secret ${SECRET}\n`);
if (MODE === 'deaf') process.on('SIGTERM', () => process.stdout.write('not listening\n'));
if (MODE === 'parent') {
  const child = spawn('/bin/sleep', ['1000'], { stdio: 'ignore' });
  process.stdout.write(`child ${child.pid}\n`);
}
createServer((request, response) => {
  if (request.url === '/go') {
    response.end(String(waiting.length));
    for (const answer of waiting.splice(0)) answer.end('{"output":"done"}');
    return;
  }
  if (request.url !== '/health') {
    if (MODE === 'patient') {
      waiting.push(response.setHeader('content-type', 'application/json'));
      return;
    }
    response.setHeader('content-type', 'application/json').end('{"output":"done"}');
    return;
  }
  checks += 1;
  const isWell = MODE !== 'never-ready' && !(MODE === 'forgetful' && checks > 3);
  if (MODE === 'flap') setTimeout(() => process.exit(7), 150);
  response.writeHead(isWell ? 200 : 503).end();
}).listen(Number(PORT), '127.0.0.1');

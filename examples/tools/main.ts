/**
 * The rates as a process:
 *
 *   PORT=9200 ./bin/node examples/tools/main.ts
 *
 * It listens on HOST (default 127.0.0.1) and PORT (default 0, a free one), prints `READY url`, and ends with code 0 on
 * SIGINT or SIGTERM.
 */
import { startRateServer } from './server.ts';

const { PORT = '0', HOST = '127.0.0.1' } = process.env;
const server = await startRateServer(Number(PORT), HOST);
console.log(`READY ${server.url}`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void server[Symbol.asyncDispose]().then(() => process.exit(0)));
}

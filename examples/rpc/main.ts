/**
 * The warehouse as a process:
 *
 *   PORT=9100 ./bin/node examples/rpc/main.ts
 *
 * It listens on HOST (default 127.0.0.1) and PORT (default 0, a free one), prints `READY host:port`, and ends with code 0
 * on SIGINT or SIGTERM.
 */
import { startStockServer } from './server.ts';

const { PORT = '0', HOST = '127.0.0.1' } = process.env;
const server = await startStockServer(Number(PORT), HOST);
console.log(`READY ${server.address}`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void server[Symbol.asyncDispose]().then(() => process.exit(0)));
}

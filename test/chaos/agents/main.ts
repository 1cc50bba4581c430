/** The agents of a set, as one process: `main.ts JOURNAL HTTP_PORT GRPC_PORT API_URL`. They keep no state but their journal. */
import { serveGrpc } from './grpc-endpoint.ts';
import { serveHttp } from './http-endpoint.ts';
import { Journal } from './journal.ts';

const [path = '', httpPort = '', grpcPort = '', apiUrl = ''] = process.argv.slice(2);
const journal = new Journal(path);
await Promise.all([serveHttp(Number(httpPort), journal, apiUrl), serveGrpc(Number(grpcPort), journal)]);
process.once('SIGTERM', () => process.exit(0));

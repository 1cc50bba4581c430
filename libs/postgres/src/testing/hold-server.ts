/** A process that owns the server of a directory until it is killed; a test runs it to be its victim. */
import { startOwned } from './temporary-server.ts';

const server = await startOwned(process.argv[2] ?? '');
console.log(`${server.pid} ${server.url} ready`);
setInterval(() => undefined, 60_000);

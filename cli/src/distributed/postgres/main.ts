/** Postgres for a distributed platform as a process of its own: keeps the server of a folder running until SIGTERM. */
import { READY, runMain } from '@skein/lifecycle';
import { startEmbeddedPostgres } from '@skein/postgres';
import { createLogger } from '@skein/telemetry';

const GRACE_MS = 30_000;
const LONG_MS = 3_600_000;
const logger = createLogger({ service: 'postgres' });

await runMain('postgres', {
  config: () => {
    const [dataDir, portText] = process.argv.slice(2);
    if (dataDir === undefined) throw new Error('give the data folder, and optionally the port');
    return { dataDir, port: Number(portText ?? 0) };
  },
  log: () => logger,
  async start({ dataDir, port }) {
    const server = await startEmbeddedPostgres({ dataDir, port, log: logger });
    if (server.kind === 'already_running') {
      throw new Error(`process ${server.ownerPid} runs the Postgres of ${dataDir} already; end it first`);
    }
    // Neither the server nor a signal handler keeps this process alive.
    const alive = setInterval(() => undefined, LONG_MS);
    return {
      name: 'postgres',
      ready: () => READY,
      async [Symbol.asyncDispose]() {
        await server.stop();
        clearInterval(alive);
      },
    };
  },
  graceMs: () => GRACE_MS,
});

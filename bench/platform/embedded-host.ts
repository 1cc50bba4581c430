/** The embedded platform as a process of its own, as `skein dev` runs it; besides, it has the benchmark's functions. */
import { startEmbedded } from '@skein/embedded';
import { runMain } from '@skein/lifecycle';
import { createLogger } from '@skein/telemetry';
import { benchFunctions } from './functions.ts';

const GRACE_MS = 30_000;
const logger = createLogger({ service: 'embedded' });

await runMain('embedded', {
  config: () => {
    const [dataDir, port] = process.argv.slice(2);
    if (dataDir === undefined || port === undefined) throw new Error('give the data folder and the port of the API');
    return { dataDir, httpPort: Number(port) };
  },
  log: () => logger,
  async start({ dataDir, httpPort }) {
    const platform = await startEmbedded({
      dataDir,
      httpPort,
      loggerOf: (service) => createLogger({ service }),
      env: process.env,
      functions: benchFunctions,
    });
    if (platform.elsewhere) throw new Error(`process ${platform.pid} runs a platform in ${dataDir} already`);
    return platform;
  },
  graceMs: () => GRACE_MS,
});

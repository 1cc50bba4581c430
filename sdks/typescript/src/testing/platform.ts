import { startEmbedded, type EmbeddedPlatform } from '@skein/embedded';
import { temporaryDirectory } from '@skein/testkit';
import { pino } from 'pino';

/** A whole platform in this process, over its real API. */
export async function testPlatform(): Promise<EmbeddedPlatform & AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  const directory = stack.use(await temporaryDirectory('sdk'));
  const loggerOf = () => pino({ level: 'silent' });
  const platform = await startEmbedded({ dataDir: directory.path, httpPort: 0, loggerOf });
  if (platform.elsewhere) throw new Error('the directory is new, and yet somebody runs from it');
  stack.use(platform);
  return Object.assign(Object.create(platform) as EmbeddedPlatform, {
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  });
}

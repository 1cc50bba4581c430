import { startDistributedPlatform } from './distributed.ts';
import { startEmbeddedPlatform } from './embedded.ts';
import type { BenchPlatform, Mode, PlatformOptions } from './platform.ts';

/** Starts a platform of a mode and waits until it is ready. After disposal no process of it is left. */
export function startPlatform(mode: Mode, options: PlatformOptions): Promise<BenchPlatform> {
  return mode === 'embedded' ? startEmbeddedPlatform(options) : startDistributedPlatform(options);
}

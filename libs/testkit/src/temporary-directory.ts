import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

/** A new empty directory, removed with everything in it when disposed. */
export async function temporaryDirectory(name = 'test'): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), `skein-${name}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

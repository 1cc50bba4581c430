import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { PackageFolders, PackageSource } from '../../app/package-folders.ts';
import { PackageStore } from './package-store.ts';

/** The files of packages in `directory`; undefined: in one of this user's own among the temporary files. */
export function packageStore(directory: string | undefined, source: PackageSource, logger: Logger): PackageFolders {
  return new PackageStore({
    directory: directory ?? join(tmpdir(), `skein-packages-${process.getuid?.() ?? ''}`),
    mustBeOwn: directory === undefined,
    source,
    observer: {
      fetched: ({ name, version, digest }) => logger.info({ package: name, version, digest }, 'fetched a package'),
      spoilt: ({ name, version, digest }) =>
        logger.warn({ package: name, version, digest }, 'the files of a package were changed; fetching it again'),
      removed: (count) => logger.info({ count }, 'removed packages that nobody uses'),
      cleaningFailed: (error) => logger.warn({ err: error }, 'packages that nobody uses are not removed; trying again'),
    },
  });
}

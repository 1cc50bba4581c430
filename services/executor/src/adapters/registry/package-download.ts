import { Code, ConnectError, type Client } from '@connectrpc/connect';
import type { CatalogueService } from '@skein/contracts/registry';
import { PACKAGE_LIMITS } from '@skein/packages';
import { PackageFetchError, type PackageKey, type PackageSource } from '../../app/package-folders.ts';

/** For one try; what has come by then is kept. */
const TRY_TIMEOUT_MS = 60_000;
/** Others wait for the end of it; a registry so slow is asked again from the beginning, after the wait of the instance. */
const MAX_TRIES = 10;
/** What another try does not mend. */
const LASTING: ReadonlySet<Code> = new Set([
  Code.NotFound,
  Code.InvalidArgument,
  Code.PermissionDenied,
  Code.Unauthenticated,
  Code.Unimplemented,
]);

/** Downloads from the catalogue; goes on where the stream broke for as long as each try brings something. */
export function packageDownload(catalogue: Client<typeof CatalogueService>): PackageSource {
  return {
    async download(namespace, key, signal) {
      const pieces: Uint8Array[] = [];
      let receivedBytes = 0;
      for (let tries = 1; ; tries += 1) {
        const beforeBytes = receivedBytes;
        let totalBytes = Infinity;
        let trouble: unknown;
        try {
          const request = { namespace, ...requestOf(key), offsetBytes: BigInt(receivedBytes) };
          for await (const piece of catalogue.downloadPackage(request, { signal, timeoutMs: TRY_TIMEOUT_MS })) {
            if (piece.package !== undefined) totalBytes = Number(piece.package.sizeBytes);
            receivedBytes += piece.data.length;
            if (receivedBytes > PACKAGE_LIMITS.archiveBytes) {
              throw new PackageFetchError('PACKAGE_INVALID', key, 'is larger than a package may be');
            }
            pieces.push(piece.data);
          }
        } catch (error) {
          trouble = error;
        }
        if (receivedBytes === totalBytes) return Buffer.concat(pieces);
        if (trouble instanceof PackageFetchError) throw trouble;
        const brought = receivedBytes - beforeBytes;
        if (signal.aborted || brought === 0 || tries === MAX_TRIES || isLasting(trouble)) throw failure(key, trouble);
      }
    },
  };
}

const requestOf = ({ name, version, digest }: PackageKey) => ({ name, version, digest });

const isLasting = (error: unknown): boolean => error instanceof ConnectError && LASTING.has(error.code);

function failure(key: PackageKey, error: unknown): PackageFetchError {
  const why = error instanceof Error ? error.message : 'the answer ended before its end';
  const isGone = error instanceof ConnectError && error.code === Code.NotFound;
  const reason = isGone ? 'PACKAGE_NOT_FOUND' : 'SERVICE_UNAVAILABLE';
  return new PackageFetchError(reason, key, `cannot be fetched from the registry: ${why}`, error);
}

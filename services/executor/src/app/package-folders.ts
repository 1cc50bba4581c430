import type { PackageReference } from '@skein/contracts/registry';

/** One version of a package, by its digest. */
export type PackageKey = Pick<PackageReference, 'name' | 'version' | 'digest'>;

/** The files of a package, for as long as it is not disposed. */
export interface HeldPackage extends Disposable {
  /** Absolute path of the folder with its files, which nobody may write to. */
  readonly path: string;
}

/**
 * The files of packages, on this machine.
 *
 * F1. What is handed out is whole, and has the digest that was asked for: it was read right before.
 * F2. What is held stays.
 */
export interface PackageFolders extends AsyncDisposable {
  /**
   * Fetches it where it is not there yet. `signal` ends the wait, not what others wait for too.
   * @throws PackageFetchError
   */
  hold(namespace: string, key: PackageKey, signal: AbortSignal): Promise<HeldPackage>;
}

/** Sends archives of packages. */
export interface PackageSource {
  /** The whole archive, as it was published. @throws PackageFetchError */
  download(namespace: string, key: PackageKey, signal: AbortSignal): Promise<Uint8Array>;
}

/** Why the files of a package are not there. */
export class PackageFetchError extends Error {
  override readonly name = 'PackageFetchError';
  /** As in skein.type.v1.ErrorReason; the message begins with it. */
  readonly reason: 'PACKAGE_NOT_FOUND' | 'PACKAGE_INVALID' | 'SERVICE_UNAVAILABLE';

  constructor(reason: PackageFetchError['reason'], { name, version }: PackageKey, why: string, cause?: unknown) {
    super(`${reason}: package ${name} ${version} ${why}`, { cause });
    this.reason = reason;
  }
}

import type { InstallPolicy, InstallPolicyRecord } from '../domain/install-policy.ts';
import type { PackageContent, PackageKey, PackageRecord, TrustedKeyRecord } from '../domain/package-record.ts';

/** What packages are looked for by; all must hold, what is empty counts for nothing. */
export interface PackageSearch {
  readonly namespace: string;
  readonly text: string;
  readonly capability: string;
  readonly agentType: string;
  readonly publisher: string;
  /** Packages whose name comes after this one. */
  readonly afterName: string;
  readonly limit: number;
}

/**
 * Packages and trusted keys.
 *
 * S1. A version is there with its whole archive, or not at all; what it consists of never changes.
 * S2. Writers of one name take turns: of two that publish one version at a time, the second sees the first.
 * S3. Once a version of a name is signed, further ones are signed by the same key or by one that is trusted.
 * S4. What is deleted was installed nowhere, and is never other files again: S1 and S3 hold for it too.
 */
export interface CatalogueStore {
  /** @throws PackageVersionExistsError, PackageUntrustedError */
  publish(content: PackageContent): Promise<{ readonly record: PackageRecord; readonly created: boolean }>;
  /** The newest version of each, in the order of their names. */
  search(search: PackageSearch): Promise<readonly PackageRecord[]>;
  /** In no order. */
  versions(key: PackageKey): Promise<readonly PackageRecord[]>;
  /** The archive from `offsetBytes` on, in pieces of at most 256 KiB. */
  archive(record: PackageRecord, offsetBytes: number): AsyncIterable<Buffer>;
  /** Answers it as it is then; undefined: there is no such version. */
  setYanked(key: PackageKey, version: string, isYanked: boolean): Promise<PackageRecord | undefined>;
  /**
   * Deletes a version; false: it was deleted before. Undefined: there was no such version.
   * @throws PackageInUseError
   */
  remove(key: PackageKey, version: string): Promise<boolean | undefined>;
  /** What holds, also where nobody has set one. */
  policy(namespace: string): Promise<InstallPolicyRecord>;
  setPolicy(namespace: string, policy: InstallPolicy): Promise<InstallPolicyRecord>;
  trust(key: Omit<TrustedKeyRecord, 'createdAtMs'>): Promise<TrustedKeyRecord>;
  /** In the order of publishers and ids. */
  trustedKeys(namespace: string): Promise<readonly TrustedKeyRecord[]>;
  /** False: it was not trusted. */
  distrust(namespace: string, keyId: string): Promise<boolean>;
}

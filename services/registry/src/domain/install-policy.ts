import type { PackageRecord } from './package-record.ts';

/** How a namespace installs packages. */
export interface InstallPolicy {
  /** Whether nobody may install a package whose signature does not count. */
  readonly requireSignature: boolean;
  /** Of the keys that are trusted, those whose signatures count; empty: all of them. */
  readonly allowedKeyIds: readonly string[];
}

/** A policy as it was set; of a namespace without one `updatedAtMs` is undefined. */
export interface InstallPolicyRecord extends InstallPolicy {
  readonly namespace: string;
  readonly updatedAtMs: number | undefined;
}

/** Why the signature of a package does not count; undefined: it does. */
export function whyNotTrusted(
  { keyId, isTrusted }: Pick<PackageRecord, 'keyId' | 'isTrusted'>,
  { allowedKeyIds }: InstallPolicy,
): string | undefined {
  if (keyId === undefined) return 'is not signed';
  if (!isTrusted) return `is signed by ${keyId}, which is not trusted`;
  const isAllowed = allowedKeyIds.length === 0 || allowedKeyIds.includes(keyId);
  return isAllowed
    ? undefined
    : `is signed by ${keyId}, which is none of the keys that this namespace installs packages of`;
}

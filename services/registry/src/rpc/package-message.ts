import { create, fromJson } from '@bufbuild/protobuf';
import {
  PackageManifestSchema,
  PackageSchema,
  TrustedKeySchema,
  type Package,
  type PackageManifest,
  type TrustedKey,
} from '@skein/contracts/registry';
import { timestampOfMs } from '@skein/events';
import type { PackageRecord, TrustedKeyRecord } from '../domain/package-record.ts';

/** What a package says of itself, for the wire. */
export function manifestToMessage({ manifest }: Pick<PackageRecord, 'manifest'>): PackageManifest {
  return fromJson(PackageManifestSchema, manifest, { ignoreUnknownFields: true });
}

/** A package for the wire. */
export function packageToMessage(record: PackageRecord): Package {
  return create(PackageSchema, {
    namespace: record.namespace,
    manifest: manifestToMessage(record),
    digest: record.digest,
    sizeBytes: BigInt(record.sizeBytes),
    fileCount: record.fileCount,
    keyId: record.keyId ?? '',
    trusted: record.isTrusted,
    yanked: record.isYanked,
    publishedAt: timestampOfMs(record.publishedAtMs),
  });
}

/** A key for the wire. */
export function trustedKeyToMessage({ createdAtMs, ...key }: TrustedKeyRecord): TrustedKey {
  return create(TrustedKeySchema, { ...key, createdAt: timestampOfMs(createdAtMs) });
}

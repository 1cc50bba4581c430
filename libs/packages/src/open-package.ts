import type { PackageManifest } from '@skein/contracts/registry';
import { readArchive } from './archive.ts';
import { manifestOf } from './manifest.ts';
import { digestOf, SIGNATURE_FILE, type PackageFiles } from './package-files.ts';
import { signatureOf, type PackageSignature } from './signature.ts';

/** A package whose content is known to fit together. */
export interface OpenedPackage {
  readonly manifest: PackageManifest;
  readonly digest: string;
  /** Undefined: nobody signed it. */
  readonly signature: PackageSignature | undefined;
  readonly fileCount: number;
}

/** @throws PackageInvalidError, PackageSignatureError */
export async function openPackage(archive: Uint8Array): Promise<OpenedPackage> {
  return openFiles(await readArchive(archive));
}

/** @throws PackageInvalidError, PackageSignatureError */
export function openFiles(files: PackageFiles): OpenedPackage {
  const manifest = manifestOf(files);
  const fileCount = files.size - (files.has(SIGNATURE_FILE) ? 1 : 0);
  return { manifest, digest: digestOf(files), signature: signatureOf(files), fileCount };
}

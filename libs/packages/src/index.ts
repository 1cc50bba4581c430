/** Packages of agents: their files, archive, digest, signature and manifest. docs/packages.md is the format. */
export { packArchive, readArchive } from './archive.ts';
export { readFolder } from './folder.ts';
export { isPackageName, partsOfName } from './manifest.ts';
export { openFiles, openPackage, type OpenedPackage } from './open-package.ts';
export { PackageInvalidError, PackageSignatureError } from './package-errors.ts';
export { digestOf, PACKAGE_LIMITS, SIGNATURE_FILE, type PackageFile, type PackageFiles } from './package-files.ts';
export { makeKey, readPublicKey, signFiles, type PackageSignature, type SigningKey } from './signature.ts';
export { digestOfFolder, removeFolder, writeFolder } from './unpacked-folder.ts';

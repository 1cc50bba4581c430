/** Fields that requests of the catalogue share. */
import { isPackageName } from '@skein/packages';
import type { CatalogueStore } from '../app/catalogue-store.ts';
import { PackageNotFoundError } from '../app/catalogue-errors.ts';
import { chosenVersion, isVersionChoice, type PackageKey, type PackageRecord } from '../domain/package-record.ts';
import { namespaceOf } from './request-fields.ts';
import type { Violations } from './violations.ts';

const MAX_RANGE_LENGTH = 256;
const PUBLISHER = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The package that a request names. */
export function packageKeyOf(request: PackageKey, violations: Violations): PackageKey {
  const namespace = namespaceOf(request.namespace, violations);
  if (request.name === '') violations.add('name', 'is required', 'REQUIRED');
  else if (!isPackageName(request.name)) violations.add('name', 'give PUBLISHER/NAME');
  return { namespace, name: request.name };
}

/** A required publisher. */
export function publisherOf(publisher: string, violations: Violations): string {
  if (!PUBLISHER.test(publisher)) {
    violations.add('publisher', 'give 1 to 63 lower-case letters, digits and hyphens, no hyphen at either end');
  }
  return publisher;
}

/** The version that a request means. @throws INVALID_FIELD with what was found before, PackageNotFoundError */
export async function findPackage(
  catalogue: Pick<CatalogueStore, 'versions'>,
  request: PackageKey & { readonly version: string },
  violations: Violations,
): Promise<PackageRecord> {
  const key = packageKeyOf(request, violations);
  if (request.version.length > MAX_RANGE_LENGTH || !isVersionChoice(request.version)) {
    violations.add('version', 'give a version such as 1.2.0, or a range such as ^1.2');
  }
  violations.throwIfAny();
  const found = chosenVersion(await catalogue.versions(key), request.version);
  if (found === undefined) throw new PackageNotFoundError(key, request.version);
  return found;
}

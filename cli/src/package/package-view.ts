import type { Package } from '@skein/contracts/registry';
import { CliError } from '../cli-error.ts';
import { clip } from '../output/value-text.ts';

/** `PUBLISHER/NAME VERSION`. */
export const packageText = ({ manifest }: Package): string => `${manifest?.name ?? ''} ${manifest?.version ?? ''}`;

/** Who stands for it. */
export function signatureText({ keyId, trusted }: Package): string {
  if (keyId === '') return 'not signed';
  return `signed by ${keyId}, ${trusted ? 'trusted' : 'not trusted'}`;
}

/** A row of a table of packages. */
export function packageRow(each: Package): string[] {
  const { name = '', version = '', capabilities = [], description = '' } = each.manifest ?? {};
  const signed = each.keyId === '' ? 'no' : each.trusted ? 'trusted' : 'untrusted';
  return [name, version, signed, each.yanked ? 'yes' : '', clip(capabilities.join(' '), 40), clip(description, 60)];
}

/** The heads of such a table. */
export const PACKAGE_COLUMNS = ['PACKAGE', 'VERSION', 'SIGNED', 'YANKED', 'CAN DO', 'DESCRIPTION'];

/** The package of an answer. */
export function packageOf(answer: { readonly package?: Package | undefined }): Package {
  if (answer.package !== undefined) return answer.package;
  throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the package' });
}

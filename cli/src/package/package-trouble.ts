import { PackageInvalidError, PackageSignatureError } from '@skein/packages';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** The work; what is wrong with a package is told as the platform would tell it. */
export async function withPackageTrouble<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PackageInvalidError) {
      throw new CliError({
        reason: 'PACKAGE_INVALID',
        message: error.message,
        place: error.place,
        remedy: 'correct the folder or the file',
        exitCode: EXIT.invalid,
        cause: error,
      });
    }
    if (error instanceof PackageSignatureError) {
      throw new CliError({
        reason: 'PACKAGE_SIGNATURE_INVALID',
        message: error.message,
        remedy: 'get the package, or the key, again from its publisher',
        exitCode: EXIT.invalid,
        cause: error,
      });
    }
    throw error;
  }
}

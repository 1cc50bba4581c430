import { Code, type ConnectError } from '@connectrpc/connect';
import { PackageInvalidError, PackageSignatureError } from '@skein/packages';
import { skeinError } from '@skein/rpc';
import {
  AgentTakenError,
  NotInstalledError,
  PackageInUseError,
  PackageNotFoundError,
  PackageUntrustedError,
  PackageVersionExistsError,
} from '../app/catalogue-errors.ts';
import { invalidFields } from './violations.ts';

/** An error of the catalogue with its reason; undefined: it is none. */
export function catalogueError(error: unknown): ConnectError | undefined {
  if (error instanceof PackageNotFoundError || error instanceof NotInstalledError) {
    return skeinError({
      reason: 'PACKAGE_NOT_FOUND',
      code: Code.NotFound,
      message: error.message,
      place: error.place,
      remedy: 'see what there is: skein packages search, skein packages versions NAME',
      cause: error,
    });
  }
  if (error instanceof PackageVersionExistsError) {
    return skeinError({
      reason: 'PACKAGE_VERSION_EXISTS',
      code: Code.AlreadyExists,
      message: error.message,
      place: error.place,
      remedy: 'a version never changes: publish the files as a new version',
      cause: error,
    });
  }
  if (error instanceof PackageInUseError) {
    return skeinError({
      reason: 'PACKAGE_IN_USE',
      code: Code.FailedPrecondition,
      message: error.message,
      place: error.place,
      remedy: 'uninstall it or install another version first; or have nobody choose it: skein packages yank',
      cause: error,
    });
  }
  if (error instanceof PackageInvalidError) {
    return skeinError({
      reason: 'PACKAGE_INVALID',
      code: Code.InvalidArgument,
      message: error.message,
      place: error.place,
      remedy: 'correct the file, and pack it again: skein packages pack FOLDER',
      cause: error,
    });
  }
  if (error instanceof PackageSignatureError) {
    return skeinError({
      reason: 'PACKAGE_SIGNATURE_INVALID',
      code: Code.InvalidArgument,
      message: error.message,
      remedy: 'get the package again from its publisher; who made it signs it again: skein packages sign',
      cause: error,
    });
  }
  if (error instanceof PackageUntrustedError) {
    return skeinError({
      reason: 'PACKAGE_UNTRUSTED',
      code: Code.PermissionDenied,
      message: error.message,
      place: error.place,
      remedy: 'trust the key of its publisher: skein packages trust add PUBLISHER KEY_FILE',
      cause: error,
    });
  }
  if (error instanceof AgentTakenError) {
    return invalidFields([{ field: 'agent_id', description: error.message, reason: 'TAKEN' }], error);
  }
  return undefined;
}

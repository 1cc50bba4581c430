import { ErrorReason } from '@skein/contracts/type';

/** Domain of every reason that Skein gives, in `google.rpc.ErrorInfo.domain`. */
export const ERROR_DOMAIN = 'skein.dev';

/** A reason of `skein.type.v1.ErrorReason`, such as `RUN_NOT_FOUND`. */
export type ErrorReasonName = Exclude<keyof typeof ErrorReason, 'UNSPECIFIED'>;

/** Every reason, in the order of the contract. */
export const ERROR_REASONS: readonly ErrorReasonName[] = Object.keys(ErrorReason).filter(
  (name): name is ErrorReasonName => name !== 'UNSPECIFIED',
);

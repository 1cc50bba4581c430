/** Bytes that are no package. `place` is a file or a field of it. */
export class PackageInvalidError extends Error {
  override readonly name = 'PackageInvalidError';
  readonly place: string;

  constructor(place: string, problem: string, options?: ErrorOptions) {
    super(place === '' ? problem : `${place}: ${problem}`, options);
    this.place = place;
  }
}

/** A package whose content does not fit its signature, or whose signature is none. */
export class PackageSignatureError extends Error {
  override readonly name = 'PackageSignatureError';
}

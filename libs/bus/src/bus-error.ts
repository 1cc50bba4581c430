/** Why the bus could not do something. */
export type BusErrorReason =
  /** There is no connection right now. Passes by itself. */
  | 'BUS_UNAVAILABLE'
  /** No answer in time; it may have worked. Passes by itself. */
  | 'BUS_TIMEOUT'
  /** The body is larger than `maxPayloadBytes`. Never passes. */
  | 'BUS_MESSAGE_TOO_LARGE'
  /** The bus was disposed. Never passes. */
  | 'BUS_CLOSED';

const remedies: Readonly<Record<BusErrorReason, string>> = {
  BUS_UNAVAILABLE: 'check that the bus runs and that its address is right; publishing resumes by itself',
  BUS_TIMEOUT: 'publish again; consumers ignore what they have already',
  BUS_MESSAGE_TOO_LARGE: 'publish the keys of the content and let consumers fetch the rest',
  BUS_CLOSED: 'open a new bus',
};

/** The bus could not do what it was asked. */
export class BusError extends Error {
  override readonly name = 'BusError';
  readonly reason: BusErrorReason;
  /** The subject or the address concerned. */
  readonly place: string;
  /** What would mend it. */
  readonly remedy: string;

  constructor(reason: BusErrorReason, message: string, place: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.place = place;
    this.remedy = remedies[reason];
  }

  /** Whether publishing the same again can succeed. */
  get retryable(): boolean {
    return this.reason === 'BUS_UNAVAILABLE' || this.reason === 'BUS_TIMEOUT';
  }
}

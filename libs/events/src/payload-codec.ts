import type { Payload as PayloadMessage } from '@skein/contracts/type';
import { Payload } from '@skein/domain';

/** A payload for the wire; its text is not copied. */
export function payloadToMessage(payload: Payload): PayloadMessage {
  return { $typeName: 'skein.type.v1.Payload', json: payload.bytes };
}

/** The text of a payload is kept elsewhere, and nobody has put it back. */
export class UnredeemedClaimError extends Error {
  override readonly name = 'UnredeemedClaimError';
}

/**
 * A payload from the wire; null where nothing is given.
 * @throws UnredeemedClaimError
 */
export function payloadFromMessage(message: PayloadMessage | undefined): Payload {
  if (message?.claim !== undefined) {
    throw new UnredeemedClaimError(`the text of a payload of ${message.claim.sizeBytes} bytes is missing`);
  }
  return message === undefined ? Payload.fromValue(null) : Payload.fromBytes(message.json);
}

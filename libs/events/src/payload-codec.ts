import { create } from '@bufbuild/protobuf';
import { PayloadSchema, type Payload as PayloadMessage } from '@skein/contracts/type';
import { Payload } from '@skein/domain';

/** A payload for the wire; its text is not copied. */
export function payloadToMessage(payload: Payload): PayloadMessage {
  return create(PayloadSchema, { json: payload.bytes });
}

/** A payload from the wire; null where nothing is given. */
export function payloadFromMessage(message: PayloadMessage | undefined): Payload {
  return message === undefined ? Payload.fromValue(null) : Payload.fromBytes(message.json);
}

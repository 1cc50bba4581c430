/** Messages as bodies of requests have them. */
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { OutgoingMessageSchema, type OutgoingMessage } from '@skein/contracts/eventlog';
import { messageOfBody } from '../plain-body.ts';
import { durationSchema } from '../route-schema.ts';

/** Fields of every message that is sent. */
export const MESSAGE_FIELDS = {
  message_id: { type: 'string', description: 'A UUID; the same message again has no effect. Default: a new one.' },
  run_id: { type: 'string', description: 'The run it belongs to, with which it is deleted.' },
  session_id: { type: 'string', maxLength: 256, description: 'The session it belongs to.' },
  from_agent: { type: 'string', maxLength: 256, description: 'Who sends it.' },
  payload: { description: 'What it says, any JSON value of at most 256 KiB. Default: null.' },
  metadata: { type: 'object', additionalProperties: { type: 'string' }, description: 'Texts beside it, at most 64.' },
  correlation_id: { type: 'string', maxLength: 256, description: 'Ties messages of one exchange together.' },
  reply_to: { type: 'string', description: 'message_id of the message that this one answers.' },
  time_to_live: durationSchema('How long it may be received. Default: as long as it is kept.'),
};

/** A body with fields of a message and others. */
export type MessageBody = Readonly<Record<string, unknown>>;

/** The message in a body. @throws INVALID_FIELD */
export function outgoingOf(body: MessageBody): OutgoingMessage {
  const named = Object.entries(body).filter(([name]) => name in MESSAGE_FIELDS);
  return messageOfBody(OutgoingMessageSchema, Object.fromEntries(named));
}

/** What else is in such a body. @throws INVALID_FIELD */
export function othersOf<Desc extends DescMessage>(desc: Desc, body: MessageBody): MessageShape<Desc> {
  const others = Object.entries(body).filter(([name]) => !(name in MESSAGE_FIELDS));
  return messageOfBody(desc, Object.fromEntries(others));
}

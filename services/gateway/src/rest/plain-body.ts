import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { messageFromPlain, PlainMessageError } from '@skein/events';
import { invalidField } from '../errors/invalid-request.ts';

/** A message that a body, or a part of it, holds. `path` names that part. @throws INVALID_FIELD */
export function messageOfBody<Desc extends DescMessage>(desc: Desc, json: unknown, path = ''): MessageShape<Desc> {
  try {
    return messageFromPlain(desc, json as Parameters<typeof messageFromPlain>[1], path);
  } catch (error) {
    if (error instanceof PlainMessageError) throw invalidField(error.field, error.description);
    throw error;
  }
}

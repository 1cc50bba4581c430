/** Fields of messages: checked on the way in, shown on the way out. */
import { create } from '@bufbuild/protobuf';
import type { Duration } from '@bufbuild/protobuf/wkt';
import { Code } from '@connectrpc/connect';
import { AgentMessageSchema, MessageState, type AgentMessage, type OutgoingMessage } from '@skein/contracts/eventlog';
import { jsonOfValue, msOfDuration, timestampOfMs, valueOfJson } from '@skein/events';
import { positionOf, skeinError } from '@skein/rpc';
import {
  mailboxRefOf,
  newMessageId,
  type MessageStatus,
  type NewMessage,
  type StoredMessage,
} from '../../domain/message.ts';
import { InvalidCursorError } from '../../domain/position.ts';
import { invalidField, runIdOf, uuidOf } from '../request-fields.ts';

const MAX_ID_CHARS = 256;
const MAX_PAYLOAD_BYTES = 256 * 1024;
const MAX_METADATA = 64;
const MAX_METADATA_NAME_CHARS = 128;
const MAX_METADATA_VALUE_CHARS = 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A text of at most 256 characters. */
export function textOf(field: string, text: string): string {
  if (text.length <= MAX_ID_CHARS && !text.includes('\0')) return text;
  throw invalidField(field, `give at most ${MAX_ID_CHARS} characters without U+0000`);
}

/** The same where it has to be given. */
export function requiredText(field: string, text: string): string {
  if (text === '') throw invalidField(field, 'is required', 'REQUIRED');
  return textOf(field, text);
}

/** A time within bounds, in milliseconds; `absent` where none is given. */
export function spanOf(
  field: string,
  span: Duration | undefined,
  { min, max, absent }: { readonly min: number; readonly max: number; readonly absent: number },
): number {
  if (span === undefined) return absent;
  const ms = msOfDuration(span);
  if (ms >= min && ms <= max) return ms;
  throw invalidField(field, `give ${min / 1000}s to ${max / 1000}s`);
}

/** The seq of a cursor or page token of this list; undefined where none is given. @throws INVALID_CURSOR */
export function cursorSeqOf(list: string, cursor: string): number | undefined {
  const position = positionOf(list, cursor);
  if (position === undefined) return undefined;
  const seq = Number(position);
  if (Number.isSafeInteger(seq) && seq >= 0) return seq;
  throw new InvalidCursorError('it holds no position');
}

/** A message that is to be sent, but for where to. */
export function outgoingOf(
  namespace: string,
  message: OutgoingMessage | undefined,
  wallMs: number,
): Omit<NewMessage, 'mailbox'> {
  if (message === undefined) throw invalidField('message', 'is required', 'REQUIRED');
  const at = (field: string) => `message.${field}`;
  const { messageId, runId, replyTo, timeToLive } = message;
  const timeToLiveMs = spanOf(at('time_to_live'), timeToLive, { min: 1, max: 30 * DAY_MS, absent: 0 });
  return {
    namespace,
    messageId: messageId === '' ? newMessageId(wallMs) : uuidOf(messageId, at('message_id')),
    runId: runId === '' ? undefined : runIdOf(runId, at('run_id')),
    sessionId: textOf(at('session_id'), message.sessionId),
    fromAgent: textOf(at('from_agent'), message.fromAgent),
    correlationId: textOf(at('correlation_id'), message.correlationId),
    replyTo: replyTo === '' ? undefined : uuidOf(replyTo, at('reply_to')),
    metadata: metadataOf(at('metadata'), message.metadata),
    payload: payloadOf(message),
    timeToLiveMs: timeToLive === undefined ? undefined : timeToLiveMs,
  };
}

function metadataOf(field: string, metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(metadata);
  if (entries.length > MAX_METADATA) throw invalidField(field, `give at most ${MAX_METADATA}`);
  for (const [name, value] of entries) {
    const fits = name.length <= MAX_METADATA_NAME_CHARS && value.length <= MAX_METADATA_VALUE_CHARS;
    if (fits && !name.includes('\0') && !value.includes('\0')) continue;
    const bounds = `names of at most ${MAX_METADATA_NAME_CHARS} and values of at most ${MAX_METADATA_VALUE_CHARS}`;
    throw invalidField(field, `give ${bounds} characters without U+0000`);
  }
  return metadata;
}

function payloadOf({ payload }: OutgoingMessage): Buffer {
  const text = Buffer.from(JSON.stringify(jsonOfValue(payload)));
  if (text.byteLength <= MAX_PAYLOAD_BYTES) return text;
  throw skeinError({
    reason: 'PAYLOAD_TOO_LARGE',
    code: Code.InvalidArgument,
    message: `the payload has ${text.byteLength} bytes; a message holds ${MAX_PAYLOAD_BYTES}`,
    place: 'message.payload',
    remedy: 'send a reference to the data',
  });
}

const STATES: Readonly<Record<MessageStatus, MessageState>> = {
  waiting: MessageState.WAITING,
  delivered: MessageState.DELIVERED,
  acknowledged: MessageState.ACKNOWLEDGED,
  expired: MessageState.EXPIRED,
  published: MessageState.PUBLISHED,
};

/** A stored message as the contract has it. */
export function toAgentMessage(message: StoredMessage): AgentMessage {
  const { expiresMs, acknowledgedMs } = message;
  const { kind, id } = mailboxRefOf(message.mailbox);
  const to = { agent: 'toAgent', session: 'toSession', topic: 'topic' } as const;
  return create(AgentMessageSchema, {
    messageId: message.messageId,
    namespace: message.namespace,
    runId: message.runId ?? '',
    sessionId: message.sessionId,
    fromAgent: message.fromAgent,
    to: { case: to[kind], value: id },
    payload: valueOfJson(JSON.parse(message.payload.toString()) as Parameters<typeof valueOfJson>[0]),
    metadata: { ...message.metadata },
    correlationId: message.correlationId,
    replyTo: message.replyTo ?? '',
    sentAt: timestampOfMs(message.sentMs),
    ...(expiresMs === undefined ? {} : { expiresAt: timestampOfMs(expiresMs) }),
    ...(acknowledgedMs === undefined ? {} : { acknowledgedAt: timestampOfMs(acknowledgedMs) }),
    state: STATES[message.status],
    deliveryCount: message.deliveryCount,
  });
}

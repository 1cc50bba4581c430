import { create } from '@bufbuild/protobuf';
import { Code, type MethodImpl } from '@connectrpc/connect';
import {
  KeepAliveSchema,
  SubscribeMessagesResponseSchema,
  type MessageService,
  type SubscribeMessagesResponse,
} from '@skein/contracts/eventlog';
import { pageToken, skeinError } from '@skein/rpc';
import { followTopic, type TopicItem } from '../../app/messages/follow-topic.ts';
import { mailboxOf } from '../../domain/message.ts';
import { answerFor } from '../answer-errors.ts';
import { namespaceOf } from '../request-fields.ts';
import { cursorSeqOf, requiredText, toAgentMessage } from './message-fields.ts';
import type { MessageRpcParts } from './message-service.ts';

/** MessageService.SubscribeMessages. */
export function subscribeMessagesRpc(
  parts: MessageRpcParts,
): MethodImpl<typeof MessageService.method.subscribeMessages> {
  return async function* subscribeMessages(request, context) {
    using _call = parts.calls.enter();
    try {
      const namespace = namespaceOf(request.namespace);
      const topic = { namespace, mailbox: mailboxOf({ kind: 'topic', id: requiredText('topic', request.topic) }) };
      const list = `${namespace}/${topic.mailbox}`;
      const fromSeq = cursorSeqOf(list, request.cursor) ?? (request.fromNow ? undefined : 0);
      const signal = AbortSignal.any([context.signal, parts.calls.stopping]);
      for await (const item of followTopic(parts, { topic, fromSeq, signal })) yield toResponse(item, list);
      if (parts.calls.stopping.aborted) throw stopped();
    } catch (error) {
      throw answerFor(error, 'MessageService/SubscribeMessages', parts.onDefect);
    }
  };
}

function toResponse({ seq, message }: TopicItem, list: string): SubscribeMessagesResponse {
  return create(SubscribeMessagesResponseSchema, {
    item:
      message === undefined
        ? { case: 'keepAlive', value: create(KeepAliveSchema) }
        : { case: 'message', value: toAgentMessage(message) },
    cursor: pageToken(list, String(seq)),
  });
}

function stopped() {
  return skeinError({
    reason: 'NOT_READY',
    code: Code.Unavailable,
    message: 'event-log stops',
    remedy: 'subscribe again from the last cursor',
    retryAfterMs: 100,
  });
}

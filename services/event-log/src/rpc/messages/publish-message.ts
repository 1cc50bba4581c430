import type { MethodImpl } from '@connectrpc/connect';
import type { MessageService } from '@skein/contracts/eventlog';
import { sendMessage } from '../../app/messages/messages.ts';
import { mailboxOf } from '../../domain/message.ts';
import { answerFor } from '../answer-errors.ts';
import { namespaceOf } from '../request-fields.ts';
import { outgoingOf, requiredText, toAgentMessage } from './message-fields.ts';
import type { MessageRpcParts } from './message-service.ts';

/** MessageService.PublishMessage. */
export function publishMessageRpc(parts: MessageRpcParts): MethodImpl<typeof MessageService.method.publishMessage> {
  return async (request) => {
    using _call = parts.calls.enter();
    try {
      const message = outgoingOf(namespaceOf(request.namespace), request.message, parts.clock.wallMs());
      const mailbox = mailboxOf({ kind: 'topic', id: requiredText('topic', request.topic) });
      const { message: stored, created } = await sendMessage(parts, { ...message, mailbox });
      return { message: toAgentMessage(stored), created };
    } catch (error) {
      throw answerFor(error, 'MessageService/PublishMessage', parts.onDefect);
    }
  };
}

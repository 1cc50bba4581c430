import type { MethodImpl } from '@connectrpc/connect';
import type { MessageService } from '@skein/contracts/eventlog';
import { MessageNotFoundError } from '../../app/messages/message-errors.ts';
import { answerFor } from '../answer-errors.ts';
import { namespaceOf, uuidOf } from '../request-fields.ts';
import { toAgentMessage } from './message-fields.ts';
import type { MessageRpcParts } from './message-service.ts';

/** MessageService.GetMessage. */
export function getMessageRpc(parts: MessageRpcParts): MethodImpl<typeof MessageService.method.getMessage> {
  return async (request) => {
    using _call = parts.calls.enter();
    try {
      const namespace = namespaceOf(request.namespace);
      const messageId = uuidOf(request.messageId, 'message_id');
      const message = await parts.messages.get(namespace, messageId);
      if (message === undefined) throw new MessageNotFoundError(namespace, messageId);
      return { message: toAgentMessage(message) };
    } catch (error) {
      throw answerFor(error, 'MessageService/GetMessage', parts.onDefect);
    }
  };
}

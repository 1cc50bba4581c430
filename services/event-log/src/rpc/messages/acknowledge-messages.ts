import type { MethodImpl } from '@connectrpc/connect';
import type { MessageService } from '@skein/contracts/eventlog';
import { answerFor } from '../answer-errors.ts';
import { invalidField, namespaceOf, uuidOf } from '../request-fields.ts';
import type { MessageRpcParts } from './message-service.ts';

const MAX_IDS = 1000;

/** MessageService.AcknowledgeMessages. */
export function acknowledgeMessagesRpc(
  parts: MessageRpcParts,
): MethodImpl<typeof MessageService.method.acknowledgeMessages> {
  return async ({ namespace, messageIds }) => {
    using _call = parts.calls.enter();
    try {
      if (messageIds.length === 0) throw invalidField('message_ids', 'is required', 'REQUIRED');
      if (messageIds.length > MAX_IDS) throw invalidField('message_ids', `give at most ${MAX_IDS}`);
      const ids = messageIds.map((id, index) => uuidOf(id, `message_ids[${index}]`));
      return { acknowledgedCount: await parts.messages.acknowledge(namespaceOf(namespace), ids) };
    } catch (error) {
      throw answerFor(error, 'MessageService/AcknowledgeMessages', parts.onDefect);
    }
  };
}

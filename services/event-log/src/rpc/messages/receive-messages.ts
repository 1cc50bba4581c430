import type { MethodImpl } from '@connectrpc/connect';
import type { MessageService, ReceiveMessagesRequest } from '@skein/contracts/eventlog';
import { pageToken, positionOf } from '@skein/rpc';
import { receiveMessages } from '../../app/messages/messages.ts';
import { mailboxOf, type MailboxKey } from '../../domain/message.ts';
import { answerFor } from '../answer-errors.ts';
import { invalidField, namespaceOf, uuidOf } from '../request-fields.ts';
import { spanOf, textOf, toAgentMessage } from './message-fields.ts';
import type { MessageRpcParts } from './message-service.ts';

const MAX_MESSAGES = 100;
const HOUR_MS = 60 * 60 * 1000;
const TIMEOUT = { min: 0, max: 60_000, absent: 5_000 };
const VISIBILITY = { min: 100, max: 12 * HOUR_MS, absent: 30_000 };

/** MessageService.ReceiveMessages. */
export function receiveMessagesRpc(parts: MessageRpcParts): MethodImpl<typeof MessageService.method.receiveMessages> {
  return async (request, context) => {
    using _call = parts.calls.enter();
    try {
      const mailbox = mailboxKeyOf(request);
      const list = `mailbox ${mailbox.namespace}/${mailbox.mailbox}`;
      const maxMessages = request.maxMessages === 0 ? 1 : request.maxMessages;
      if (maxMessages < 1 || maxMessages > MAX_MESSAGES) {
        throw invalidField('max_messages', `give 1 to ${MAX_MESSAGES}, or 0 for 1`);
      }
      const timeoutMs = spanOf('timeout', request.timeout, TIMEOUT);
      const visibilityTimeoutMs = spanOf('visibility_timeout', request.visibilityTimeout, VISIBILITY);
      const earlier = positionOf(list, request.cursor);
      if (earlier !== undefined) await parts.messages.acknowledgeDelivery(mailbox, uuidOf(earlier, 'cursor'));
      const signal = AbortSignal.any([context.signal, parts.calls.stopping]);
      const asked = { ...mailbox, maxMessages, visibilityTimeoutMs };
      const { deliveryId, messages } = await receiveMessages(parts, asked, { timeoutMs, signal });
      return {
        messages: messages.map(toAgentMessage),
        cursor: messages.length === 0 ? '' : pageToken(list, deliveryId),
      };
    } catch (error) {
      throw answerFor(error, 'MessageService/ReceiveMessages', parts.onDefect);
    }
  };
}

function mailboxKeyOf(request: ReceiveMessagesRequest): MailboxKey {
  const namespace = namespaceOf(request.namespace);
  const agentId = textOf('agent_id', request.agentId);
  const sessionId = textOf('session_id', request.sessionId);
  if ((agentId === '') === (sessionId === '')) {
    throw invalidField('agent_id', 'give agent_id or session_id', 'REQUIRED');
  }
  const ref =
    agentId === '' ? ({ kind: 'session', id: sessionId } as const) : ({ kind: 'agent', id: agentId } as const);
  return { namespace, mailbox: mailboxOf(ref) };
}

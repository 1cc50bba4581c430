import type { MethodImpl } from '@connectrpc/connect';
import type { MessageService, SendMessageRequest } from '@skein/contracts/eventlog';
import { awaitAnswer, returnMailbox, sendMessage } from '../../app/messages/messages.ts';
import { mailboxOf, type NewMessage } from '../../domain/message.ts';
import { answerFor } from '../answer-errors.ts';
import { invalidField, namespaceOf } from '../request-fields.ts';
import { outgoingOf, spanOf, textOf, toAgentMessage } from './message-fields.ts';
import type { MessageRpcParts } from './message-service.ts';

const MAX_WAIT_MS = 60_000;

/** MessageService.SendMessage. */
export function sendMessageRpc(parts: MessageRpcParts): MethodImpl<typeof MessageService.method.sendMessage> {
  return async (request, context) => {
    using _call = parts.calls.enter();
    try {
      const timeoutMs = spanOf('reply_timeout', request.replyTimeout, { min: 0, max: MAX_WAIT_MS, absent: 0 });
      const { message, created } = await sendMessage(parts, await addressed(parts, request));
      const sent = { message: toAgentMessage(message), created };
      if (timeoutMs === 0) return sent;
      const signal = AbortSignal.any([context.signal, parts.calls.stopping]);
      const reply = await awaitAnswer(parts, message, { timeoutMs, signal });
      return reply === undefined ? sent : { ...sent, reply: toAgentMessage(reply) };
    } catch (error) {
      throw answerFor(error, 'MessageService/SendMessage', parts.onDefect);
    }
  };
}

async function addressed(parts: MessageRpcParts, request: SendMessageRequest): Promise<NewMessage> {
  const message = outgoingOf(namespaceOf(request.namespace), request.message, parts.clock.wallMs());
  const toAgent = textOf('to_agent', request.toAgent);
  const toSession = textOf('to_session', request.toSession);
  if (toAgent !== '' && toSession !== '') throw invalidField('to_session', 'give to_agent or to_session, not both');
  if (toAgent !== '') return { ...message, mailbox: mailboxOf({ kind: 'agent', id: toAgent }) };
  if (toSession !== '') {
    if (message.sessionId !== '' && message.sessionId !== toSession) {
      throw invalidField('message.session_id', 'leave it out: a message to a session belongs to that one');
    }
    return { ...message, sessionId: toSession, mailbox: mailboxOf({ kind: 'session', id: toSession }) };
  }
  if (message.replyTo === undefined) throw invalidField('to_agent', 'give to_agent or to_session', 'REQUIRED');
  return { ...message, mailbox: await returnMailbox(parts, message.namespace, message.replyTo) };
}

import { create } from '@bufbuild/protobuf';
import type { MethodImpl } from '@connectrpc/connect';
import { BroadcastResultSchema, type BroadcastMessageRequest, type MessageService } from '@skein/contracts/eventlog';
import { FailureSchema } from '@skein/contracts/type';
import { describeError } from '@skein/rpc';
import { broadcastMessage, participantsOf, type CopyOutcome } from '../../app/messages/messages.ts';
import type { NewMessage } from '../../domain/message.ts';
import { answerFor, type OnDefect } from '../answer-errors.ts';
import { invalidField, namespaceOf } from '../request-fields.ts';
import { outgoingOf, requiredText } from './message-fields.ts';
import type { MessageRpcParts } from './message-service.ts';

const RPC = 'MessageService/BroadcastMessage';
const MAX_RECIPIENTS = 1000;

/** MessageService.BroadcastMessage. */
export function broadcastMessageRpc(parts: MessageRpcParts): MethodImpl<typeof MessageService.method.broadcastMessage> {
  return async (request) => {
    using _call = parts.calls.enter();
    try {
      const message = outgoingOf(namespaceOf(request.namespace), request.message, parts.clock.wallMs());
      const recipients = await recipientsOf(parts, request, message);
      const outcomes = await broadcastMessage(parts, message, recipients);
      const results = outcomes.map((outcome) => toResult(outcome, parts.onDefect));
      return { broadcastId: message.messageId, results };
    } catch (error) {
      throw answerFor(error, RPC, parts.onDefect);
    }
  };
}

async function recipientsOf(
  parts: MessageRpcParts,
  request: BroadcastMessageRequest,
  { namespace, runId, fromAgent }: Omit<NewMessage, 'mailbox'>,
): Promise<string[]> {
  const named = request.toAgents.map((id, index) => requiredText(`to_agents[${index}]`, id));
  if (named.length === 0 && !request.toParticipants) {
    throw invalidField('to_agents', 'give some, or to_participants', 'REQUIRED');
  }
  if (request.toParticipants && runId === undefined) {
    throw invalidField('message.run_id', 'is required with to_participants', 'REQUIRED');
  }
  const isTold = (agent: string) => agent !== '' && agent !== fromAgent;
  const participants =
    request.toParticipants && runId !== undefined ? await participantsOf(parts, { namespace, runId }) : [];
  const all = [...new Set([...named, ...[...participants].filter(isTold)])];
  if (all.length > MAX_RECIPIENTS) throw invalidField('to_agents', `give at most ${MAX_RECIPIENTS}`);
  return all;
}

function toResult({ toAgent, messageId, error }: CopyOutcome, onDefect: OnDefect) {
  if (error === undefined) return create(BroadcastResultSchema, { toAgent, messageId, sent: true });
  const { reason, message, remedy } = describeError(answerFor(error, RPC, onDefect));
  const failure = create(FailureSchema, { code: reason, message, place: toAgent, remedy: remedy ?? '' });
  return create(BroadcastResultSchema, { toAgent, messageId, failure });
}

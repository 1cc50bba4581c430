import type { MethodImpl } from '@connectrpc/connect';
import type { ListMessagesRequest, MessageService } from '@skein/contracts/eventlog';
import { pageToken } from '@skein/rpc';
import type { MessageFilter } from '../../app/messages/message-store.ts';
import { answerFor } from '../answer-errors.ts';
import { invalidField, namespaceOf, pageSizeOf, runIdOf } from '../request-fields.ts';
import { cursorSeqOf, textOf, toAgentMessage } from './message-fields.ts';
import type { MessageRpcParts } from './message-service.ts';

/** MessageService.ListMessages. */
export function listMessagesRpc(parts: MessageRpcParts): MethodImpl<typeof MessageService.method.listMessages> {
  return async (request) => {
    using _call = parts.calls.enter();
    try {
      const filter = filterOf(request);
      const pageSize = pageSizeOf(request.pageSize);
      const list = `messages ${JSON.stringify(filter)}`;
      const beforeSeq = cursorSeqOf(list, request.pageToken);
      const messages = await parts.messages.list(filter, beforeSeq, pageSize);
      // A page may end early for its bytes; only an empty one says that there is nothing more.
      const oldest = messages.at(-1);
      const isLast = oldest === undefined || (await parts.messages.list(filter, oldest.seq, 1)).length === 0;
      return {
        messages: messages.map(toAgentMessage),
        nextPageToken: isLast ? '' : pageToken(list, String(oldest.seq)),
      };
    } catch (error) {
      throw answerFor(error, 'MessageService/ListMessages', parts.onDefect);
    }
  };
}

function filterOf(request: ListMessagesRequest): MessageFilter {
  const filter = {
    namespace: namespaceOf(request.namespace),
    runId: request.runId === '' ? undefined : runIdOf(request.runId),
    sessionId: textOf('session_id', request.sessionId) || undefined,
    agentId: textOf('agent_id', request.agentId) || undefined,
    topic: textOf('topic', request.topic) || undefined,
  };
  const { runId, sessionId, agentId, topic } = filter;
  if ((runId ?? sessionId ?? agentId ?? topic) !== undefined) return filter;
  throw invalidField('run_id', 'give run_id, session_id, agent_id or topic', 'REQUIRED');
}

import { create } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import {
  AgentMessageSchema,
  KeepAliveSchema,
  MessageService,
  MessageState,
  type AgentMessage,
  type OutgoingMessage,
} from '@skein/contracts/eventlog';
import { timestampOfMs } from '@skein/events';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';
import { FIRST_EVENT_MS } from './fake-events.ts';

/** Messages, kept in this process; a topic ends with the last of them. */
export function fakeMessages(): ServiceBinding {
  const stored: AgentMessage[] = [];
  const store = (message: OutgoingMessage | undefined, to: AgentMessage['to']): AgentMessage => {
    const { $typeName: _, timeToLive: __, ...given } = message ?? { $typeName: '', timeToLive: undefined };
    const kept = create(AgentMessageSchema, {
      ...given,
      messageId: message?.messageId ?? '',
      namespace: 'default',
      to,
      sentAt: timestampOfMs(FIRST_EVENT_MS),
      state: MessageState.WAITING,
    });
    stored.push(kept);
    return kept;
  };
  const inTopic = (topic: string) => stored.filter(({ to }) => to.case === 'topic' && to.value === topic);
  return bind(MessageService, {
    sendMessage({ message, toAgent, replyTimeout }) {
      const sent = store(message, { case: 'toAgent', value: toAgent });
      return { message: sent, created: true, ...(replyTimeout === undefined ? {} : { reply: sent }) };
    },
    receiveMessages: ({ agentId, maxMessages, cursor }) => {
      const messages = cursor === '' ? stored.filter(({ to }) => to.value === agentId).slice(0, maxMessages || 1) : [];
      return { messages, cursor: messages.length === 0 ? '' : 'c' };
    },
    acknowledgeMessages: ({ messageIds }) => ({ acknowledgedCount: messageIds.length }),
    publishMessage: ({ message, topic }) => ({
      message: store(message, { case: 'topic', value: topic }),
      created: true,
    }),
    async *subscribeMessages({ topic, cursor }) {
      yield { item: { case: 'keepAlive', value: create(KeepAliveSchema) }, cursor: '0' };
      for (const [index, value] of inTopic(topic).entries()) {
        if (index >= Number(cursor)) yield { item: { case: 'message', value }, cursor: String(index + 1) };
      }
    },
    broadcastMessage: ({ message, toAgents }) => ({
      broadcastId: message?.messageId ?? '',
      results: toAgents.map((toAgent) => ({ toAgent, messageId: toAgent, sent: true })),
    }),
    listMessages: ({ agentId, runId, topic }) => ({
      messages: topic === '' ? stored.filter((it) => it.to.value === agentId || it.runId === runId) : inTopic(topic),
    }),
    getMessage({ messageId }) {
      const message = stored.find((it) => it.messageId === messageId);
      if (message !== undefined) return { message };
      throw skeinError({ reason: 'MESSAGE_NOT_FOUND', code: Code.NotFound, message: `no message ${messageId}` });
    },
  });
}

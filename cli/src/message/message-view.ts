import { AgentMessageSchema, MessageState, type AgentMessage } from '@skein/contracts/eventlog';
import { jsonOfValue } from '../api/wire-values.ts';
import { CliError } from '../cli-error.ts';
import type { Output } from '../output/output.ts';
import { plainJson } from '../output/plain-json.ts';
import { clockText } from '../output/time.ts';

const STATE_WORDS: Readonly<Record<MessageState, string>> = {
  [MessageState.UNSPECIFIED]: '-',
  [MessageState.WAITING]: 'waiting',
  [MessageState.DELIVERED]: 'delivered',
  [MessageState.ACKNOWLEDGED]: 'acknowledged',
  [MessageState.EXPIRED]: 'expired',
  [MessageState.PUBLISHED]: 'published',
};

/** A message in one line: when, from whom to where, what. */
export function messageLine(message: AgentMessage, { paint }: Pick<Output, 'paint'>): string {
  const state = STATE_WORDS[message.state];
  const from = message.fromAgent === '' ? '-' : message.fromAgent;
  const payload = JSON.stringify(jsonOfValue(message.payload));
  return `${paint.faint(clockText(message.sentAt))} ${from} → ${recipientText(message)} ${payload} ${paint.faint(`${state} ${message.messageId}`)}`;
}

/** Where a message went: an agent's id, `session/ID` or `topic/NAME`. */
export function recipientText({ to }: AgentMessage): string {
  switch (to.case) {
    case 'toSession':
      return `session/${to.value}`;
    case 'topic':
      return `topic/${to.value}`;
    default:
      return to.value ?? '-';
  }
}

/** A message as JSON. */
export function messageJson(message: AgentMessage): object {
  return Object(plainJson(AgentMessageSchema, message)) as object;
}

/** The message of an answer, which always has one. */
export function given(message: AgentMessage | undefined): AgentMessage {
  if (message !== undefined) return message;
  throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the message' });
}

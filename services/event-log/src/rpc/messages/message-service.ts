import type { ServiceImpl } from '@connectrpc/connect';
import type { MessageService } from '@skein/contracts/eventlog';
import type { MessageParts } from '../../app/messages/messages.ts';
import type { OnDefect } from '../answer-errors.ts';
import type { CallsUnderWay } from '../calls-under-way.ts';
import { acknowledgeMessagesRpc } from './acknowledge-messages.ts';
import { broadcastMessageRpc } from './broadcast-message.ts';
import { getMessageRpc } from './get-message.ts';
import { listMessagesRpc } from './list-messages.ts';
import { publishMessageRpc } from './publish-message.ts';
import { receiveMessagesRpc } from './receive-messages.ts';
import { sendMessageRpc } from './send-message.ts';
import { subscribeMessagesRpc } from './subscribe-messages.ts';

/** What the RPCs need. */
export interface MessageRpcParts extends MessageParts {
  readonly calls: CallsUnderWay;
  readonly onDefect: OnDefect;
}

/** `skein.eventlog.v1.MessageService`. */
export function messageService(parts: MessageRpcParts): ServiceImpl<typeof MessageService> {
  return {
    sendMessage: sendMessageRpc(parts),
    receiveMessages: receiveMessagesRpc(parts),
    acknowledgeMessages: acknowledgeMessagesRpc(parts),
    publishMessage: publishMessageRpc(parts),
    subscribeMessages: subscribeMessagesRpc(parts),
    broadcastMessage: broadcastMessageRpc(parts),
    listMessages: listMessagesRpc(parts),
    getMessage: getMessageRpc(parts),
  };
}

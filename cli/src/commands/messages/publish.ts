import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import {
  addMessageOptions,
  outgoingMessage,
  PAYLOAD_HELP,
  type MessageOptions,
} from '../../message/message-options.ts';
import { given, messageJson, messageLine } from '../../message/message-view.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<topic>', 'name of the topic; it need not be made').argument('<payload>', PAYLOAD_HELP);
  addMessageOptions(command);
  invocation.handle(command, async (session, topic: string, payload: string, options: MessageOptions) => {
    const { output, host } = session;
    const { messages, namespace } = await connect(session);
    const outgoing = await outgoingMessage(payload, options, host);
    const published = await messages.publishMessage({ namespace, topic, message: outgoing });
    const message = given(published.message);
    output.document({ message: messageJson(message), created: published.created });
    output.line(messageLine(message, output));
    if (!published.created) output.note('it was published before');
  });
};

import { connect } from '../../api/api.ts';
import { durationOfMs } from '../../api/wire-values.ts';
import type { CommandModule } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { parseSpanMs } from '../../input/option-values.ts';
import {
  addMessageOptions,
  outgoingMessage,
  PAYLOAD_HELP,
  type MessageOptions,
} from '../../message/message-options.ts';
import { given, messageJson, messageLine } from '../../message/message-view.ts';

interface Options extends MessageOptions {
  readonly to?: string;
  readonly toSession?: string;
  readonly replyTo?: string;
  readonly wait?: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<payload>', PAYLOAD_HELP)
    .option('--to <agent>', 'the agent it goes to')
    .option('--to-session <id>', 'the session it goes to')
    .option('--reply-to <message>', 'the message that it answers; by itself, it goes to who sent that one')
    .option('--wait <span>', 'wait so long for the answer, at most 60s', parseSpanMs);
  addMessageOptions(command);
  invocation.handle(command, async (session, payload: string, options: Options) => {
    const { output, host } = session;
    const { messages, namespace } = await connect(session);
    const sent = await messages.sendMessage({
      namespace,
      toAgent: options.to ?? '',
      toSession: options.toSession ?? '',
      message: { ...(await outgoingMessage(payload, options, host)), replyTo: options.replyTo ?? '' },
      ...(options.wait === undefined ? {} : { replyTimeout: durationOfMs(options.wait) }),
    });
    const message = given(sent.message);
    const { created, reply } = sent;
    const answer = reply === undefined ? {} : { reply: messageJson(reply) };
    output.document({ message: messageJson(message), created, ...answer });
    output.line(messageLine(message, output));
    if (!created) output.note('it was sent before');
    if (reply !== undefined) output.line(messageLine(reply, output));
    if (options.wait === undefined || reply !== undefined) return EXIT.ok;
    output.note(`no answer yet; send again with --message-id ${message.messageId} to wait on`);
    return EXIT.timedOut;
  });
};

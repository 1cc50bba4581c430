import { connect } from '../../api/api.ts';
import { durationOfMs } from '../../api/wire-values.ts';
import type { CommandModule } from '../../command.ts';
import { parseSpanMs, wholeNumber } from '../../input/option-values.ts';
import { messageJson, messageLine } from '../../message/message-view.ts';

interface Options {
  readonly session?: boolean;
  readonly max: number;
  readonly wait: number;
  readonly visibility: number;
  readonly ack?: boolean;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<mailbox>', 'id of the agent; with --session, of the session')
    .option('--session', 'the mailbox is that of a session')
    .option('--max <count>', 'at most this many', wholeNumber(1, 100), 10)
    .option('--wait <span>', 'wait so long for a first, at most 60s', parseSpanMs, 5000)
    .option('--visibility <span>', 'how long they are nobody else’s', parseSpanMs, 30_000)
    .option('--ack', 'acknowledge them once they are shown')
    .addHelpText('after', '\nWithout --ack they come again after --visibility. With -o json a line each.');
  invocation.handle(command, async (session, mailbox: string, options: Options) => {
    const { output } = session;
    const { messages: client, namespace } = await connect(session);
    const { messages } = await client.receiveMessages({
      namespace,
      ...(options.session === true ? { sessionId: mailbox } : { agentId: mailbox }),
      maxMessages: options.max,
      timeout: durationOfMs(options.wait),
      visibilityTimeout: durationOfMs(options.visibility),
    });
    for (const message of messages) {
      output.item(messageJson(message));
      output.line(messageLine(message, output));
    }
    if (messages.length === 0) return output.note('no messages');
    if (options.ack !== true) return undefined;
    await client.acknowledgeMessages({ namespace, messageIds: messages.map(({ messageId }) => messageId) });
    return undefined;
  });
};

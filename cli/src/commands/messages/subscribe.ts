import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { messageJson, messageLine } from '../../message/message-view.ts';

interface Options {
  readonly fromNow?: boolean;
  readonly cursor?: string;
  readonly count?: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<topic>', 'name of the topic')
    .option('--from-now', 'only what comes from now on, instead of all that is kept')
    .option('--cursor <cursor>', 'go on after the message with this cursor (`cursor` of -o json)')
    .option('--count <count>', 'end after so many', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .addHelpText('after', '\nWith -o json every message is a line of JSON.');
  invocation.handle(command, async (session, topic: string, options: Options) => {
    const { output } = session;
    const { messages, namespace } = await connect(session);
    const left = new AbortController();
    const asked = { namespace, topic, cursor: options.cursor ?? '', fromNow: options.fromNow ?? false };
    let count = 0;
    try {
      for await (const { item, cursor } of messages.subscribeMessages(asked, { signal: left.signal })) {
        if (item.case !== 'message') continue;
        output.item({ ...messageJson(item.value), cursor });
        output.line(messageLine(item.value, output));
        count += 1;
        if (count === options.count) return;
      }
    } finally {
      left.abort();
    }
  });
};

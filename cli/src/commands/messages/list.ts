import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { messageJson, messageLine } from '../../message/message-view.ts';

interface Options {
  readonly run?: string;
  readonly session?: string;
  readonly agent?: string;
  readonly topic?: string;
  readonly limit: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .option('--run <id>', 'only of this run')
    .option('--session <id>', 'only of this session, or sent to it')
    .option('--agent <id>', 'only from or to this agent')
    .option('--topic <name>', 'only of this topic')
    .option('--limit <count>', 'at most this many, the newest', wholeNumber(1, 100_000), 100)
    .addHelpText('after', '\nOne of --run, --session, --agent and --topic is needed. Newest first.');
  invocation.handle(command, async (session, options: Options) => {
    const { output } = session;
    const { messages: client, namespace } = await connect(session);
    const { run = '', session: sessionId = '', agent = '', topic = '' } = options;
    const messages = await pagesOf(options.limit, async (page) => {
      const answer = await client.listMessages({ namespace, runId: run, sessionId, agentId: agent, topic, ...page });
      return { items: answer.messages, nextPageToken: answer.nextPageToken };
    });
    output.document({ messages: messages.map(messageJson) });
    for (const message of messages) output.line(messageLine(message, output));
    if (messages.length === 0) output.note('no messages');
  });
};

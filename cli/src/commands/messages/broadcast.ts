import { BroadcastMessageResponseSchema } from '@skein/contracts/eventlog';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { collect } from '../../input/option-values.ts';
import {
  addMessageOptions,
  outgoingMessage,
  PAYLOAD_HELP,
  type MessageOptions,
} from '../../message/message-options.ts';
import { plainJson } from '../../output/plain-json.ts';

interface Options extends MessageOptions {
  readonly to?: readonly string[];
  readonly participants?: boolean;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<payload>', PAYLOAD_HELP)
    .option('--to <agent>', 'an agent it goes to; may be repeated', collect)
    .option('--participants', 'every agent that had to do with --run, but --from');
  addMessageOptions(command);
  invocation.handle(command, async (session, payload: string, options: Options) => {
    const { output, host } = session;
    const { messages, namespace } = await connect(session);
    const answer = await messages.broadcastMessage({
      namespace,
      toAgents: [...(options.to ?? [])],
      toParticipants: options.participants ?? false,
      message: await outgoingMessage(payload, options, host),
    });
    output.document(plainJson(BroadcastMessageResponseSchema, answer));
    for (const { toAgent, messageId, sent, failure } of answer.results) {
      output.line(`${sent ? '✓' : '✗'} ${toAgent} ${sent ? messageId : (failure?.message ?? '')}`);
    }
    if (answer.results.length === 0) output.note('nobody to send it to');
    return answer.results.every(({ sent }) => sent) ? EXIT.ok : EXIT.unsuccessful;
  });
};

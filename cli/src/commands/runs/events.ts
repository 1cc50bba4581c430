import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { collect, wholeNumber } from '../../input/option-values.ts';
import { entryJson } from '../../watch/event-json.ts';
import { entryText } from '../../watch/event-text.ts';

interface Options {
  readonly afterSeq: number;
  readonly name?: readonly string[];
  readonly taskEvents?: boolean;
  readonly limit: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<run>', 'id of the run')
    .option('--after-seq <seq>', 'only events after this one', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--name <name>', 'only events of this name, such as run_done; may be repeated', collect)
    .option('--task-events', 'streamed text and progress of agents too')
    .option('--limit <count>', 'at most this many', wholeNumber(1, 1_000_000), 10_000)
    .addHelpText('after', '\nWith -o json every event is a line of JSON.');
  invocation.handle(command, async (session, runId: string, options: Options) => {
    const { output } = session;
    const { events, namespace } = await connect(session);
    const filter = {
      namespace,
      runId,
      afterSeq: BigInt(options.afterSeq),
      eventNames: [...(options.name ?? [])],
      includeTaskEvents: options.taskEvents ?? false,
    };
    const entries = await pagesOf(options.limit, async (page) => {
      const answer = await events.listEvents({ ...filter, ...page });
      return { items: answer.entries, nextPageToken: answer.nextPageToken };
    });
    for (const entry of entries) {
      output.item(entryJson(entry));
      output.line(entryText(entry, output.paint));
    }
  });
};

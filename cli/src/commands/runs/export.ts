import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { exportRun } from '../../history/export-run.ts';
import { writeLines } from '../../history/write-lines.ts';

interface Options {
  /** Not `output`: that is how results are printed. */
  readonly to?: string;
  readonly taskEvents?: boolean;
}

/** The header and the definition. */
const HEAD_LINES = 2;

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<run>', 'id of the run')
    .option('--to <file>', 'write there instead of to standard output')
    .option('--task-events', 'streamed text and progress of agents too')
    .addHelpText('after', '\nThe file is JSON lines; `skein replay FILE` plays it again without a platform.');
  invocation.handle(command, async (session, runId: string, { to, taskEvents = false }: Options) => {
    const { host, output } = session;
    const lines = exportRun(await connect(session), runId, taskEvents);
    if (to === undefined) {
      for await (const line of lines) host.stdout.write(`${line}\n`);
      return;
    }
    const eventCount = (await writeLines(to, lines)) - HEAD_LINES;
    output.note(`${eventCount} events of run ${runId} are in ${to}`);
    output.document({ run_id: runId, file: to, events: eventCount });
  });
};

import type { JsonObject } from '@bufbuild/protobuf';
import { RunSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { readHistory } from '../../history/history-input.ts';
import { plainJson } from '../../output/plain-json.ts';
import { runStateWord } from '../../watch/run-view.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<file>', 'history written by `skein runs export`; - is standard input')
    .addHelpText('after', '\nThe run keeps its id and must have ended. Streamed text is left out.');
  invocation.handle(command, async (session, file: string) => {
    const { host, output } = session;
    const { definition, runEvents } = await readHistory(file, host);
    const { runs, namespace } = await connect(session);
    const content = { namespace, definition: definition as JsonObject, events: [...runEvents] };
    const { run } = await runs.importRun(content);
    if (!run) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the run' });
    output.document(plainJson(RunSchema, run));
    output.line(`run ${run.runId} ${runStateWord(run.state)}, ${run.lastSeq} events imported`);
  });
};

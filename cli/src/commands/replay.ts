import { replay } from '@skein/domain';
import { historyOf } from '@skein/events';
import type { CommandModule } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { showDivergence, viewOf } from '../history/divergence-view.ts';
import { ofFile, planOf, readHistory } from '../history/history-input.ts';
import { readTextFile } from '../input/json-input.ts';

interface Options {
  readonly workflow?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<file>', 'history written by `skein runs export`; - is standard input')
    .option('--workflow <file>', 'hold it against this definition instead of its own')
    .addHelpText('after', '\nNeeds no platform. Exits with 1 where this version or definition would decide otherwise.');
  invocation.handle(command, async ({ host, output }, file: string, { workflow }: Options) => {
    const { header, definition, runEvents } = await readHistory(file, host);
    const plan =
      workflow === undefined ? planOf(file, definition) : planOf(workflow, await readTextFile(workflow, '--workflow'));
    const identity = { runId: header.run_id, namespace: header.namespace };
    const { divergences, eventCount } = ofFile(file, () => replay(plan, identity, historyOf(runEvents)));
    const views = divergences.map(viewOf);
    output.document({ run_id: header.run_id, events: eventCount, divergences: views });
    for (const view of views) showDivergence(view, output);
    if (views.length === 0) {
      output.line(`OK: ${eventCount} events of run ${header.run_id} replay without a divergence`);
      return EXIT.ok;
    }
    output.line(`${views.length} divergence${views.length === 1 ? '' : 's'} in ${eventCount} events`);
    return EXIT.unsuccessful;
  });
};

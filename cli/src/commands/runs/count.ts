import { CountRunsResponseSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { showingPlaceIn } from '../../bulk/filter-trouble.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';

interface Options {
  readonly filter: string;
  readonly by: string;
  readonly children?: boolean;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .option(
      '--filter <filter>',
      'only runs that this holds for, such as "state = FAILED and attr.customer = \'acme\'"',
      '',
    )
    .option('--by <field>', 'count by this field too: state, workflow_id or attr.NAME', '')
    .option('--children', 'child runs too');
  invocation.handle(command, async (session, { filter, by: groupBy, children = false }: Options) => {
    const { output } = session;
    const { runs, namespace } = await connect(session);
    const request = { namespace, filter, groupBy, includeChildren: children };
    const counted = await showingPlaceIn(filter, () => runs.countRuns(request));
    output.document(plainJson(CountRunsResponseSchema, counted));
    if (groupBy === '') return output.line(String(counted.count));
    const rows = counted.groups.map(({ value, count }) => [value === '' ? '-' : value, String(count)]);
    for (const line of table([groupBy, 'RUNS'], [...rows, ['in all', String(counted.count)]])) output.line(line);
  });
};

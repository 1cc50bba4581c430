import { RunSchema, type Run } from '@skein/contracts/scheduler';
import { Option } from 'commander';
import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import { showingPlaceIn } from '../../bulk/filter-trouble.ts';
import type { CommandModule } from '../../command.ts';
import { collectPair, wholeNumber } from '../../input/option-values.ts';
import { paintState } from '../../output/palette.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { ageText } from '../../output/time.ts';
import { clip } from '../../output/value-text.ts';
import { RUN_STATE_WORDS, runStateOf, runStateWord } from '../../watch/run-view.ts';
import { runSpanText } from '../../watch/show-run.ts';

interface Options {
  readonly workflow?: string;
  readonly state?: readonly string[];
  readonly label?: Readonly<Record<string, string>>;
  readonly parent: string;
  readonly children?: boolean;
  readonly filter: string;
  readonly limit: number;
}

const DETAIL_CHARS = 60;

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .option('-w, --workflow <id>', 'only runs of this workflow')
    .addOption(new Option('-s, --state <state...>', 'only runs in one of these states').choices(RUN_STATE_WORDS))
    .option('-l, --label <key=value>', 'only runs with this label; may be repeated', collectPair)
    .option('--parent <run>', 'only the child runs of this run', '')
    .option('--children', 'child runs too')
    .option('--filter <filter>', 'only runs that this holds for, such as "attr.customer = \'acme\'"', '')
    .option('--limit <count>', 'at most this many', wholeNumber(1, 100_000), 50);
  invocation.handle(command, async (session, options: Options) => {
    const { workflow = '', state = [], label = {}, parent, children = false, filter, limit } = options;
    const { output } = session;
    const api = await connect(session);
    const wanted = {
      namespace: api.namespace,
      workflowId: workflow,
      states: state.map(runStateOf),
      labels: { ...label },
      parentRunId: parent,
      includeChildren: children,
      filter,
    };
    const runs = await pagesOf(limit, async (page) => {
      const answer = await showingPlaceIn(filter, () => api.runs.listRuns({ ...wanted, ...page }));
      return { items: answer.runs, nextPageToken: answer.nextPageToken };
    });
    output.document({ runs: runs.map((run) => plainJson(RunSchema, run)) });
    if (runs.length === 0) {
      output.note('no runs; `skein run FILE --input JSON` makes one');
      return;
    }
    const nowMs = Date.now();
    const rows = runs.map((run) => [
      run.runId,
      whatRuns(run),
      paintState(runStateWord(run.state), output.paint),
      ageText(run.createdAt, nowMs),
      runSpanText(run, nowMs),
      clip(run.waitingFor || (run.failure ? `${run.failure.code}: ${run.failure.message}` : ''), DETAIL_CHARS),
    ]);
    for (const line of table(['RUN', 'WORKFLOW', 'STATE', 'AGE', 'TOOK', 'DETAIL'], rows)) output.line(line);
  });
};

/** The workflow, and of a child run the node that it does the work of. */
function whatRuns({ workflowId, workflowVersion, parent }: Run): string {
  const workflow = workflowVersion === 0 ? workflowId : `${workflowId}:${workflowVersion}`;
  return parent === undefined ? workflow : `${workflow} ‹ ${parent.nodeId}`;
}

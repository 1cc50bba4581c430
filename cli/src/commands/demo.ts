import { join } from 'node:path';
import { Option } from 'commander';
import type { Api } from '../api/api.ts';
import type { CommandModule } from '../command.ts';
import { startDemoPlatform } from '../demo/demo-platform.ts';
import { demoJson, printAnswers, printDrafts, printSummary } from '../demo/report.ts';
import { runTickets } from '../demo/run-tickets.ts';
import { summarize, type TicketResult } from '../demo/summary.ts';
import { readTickets, type Ticket } from '../demo/tickets.ts';
import { withExamples } from '../demo/with-examples.ts';
import { EXIT } from '../exit-code.ts';
import { wholeNumber } from '../input/option-values.ts';
import type { Mode } from '../platform/platform-note.ts';
import type { Session } from '../session.ts';
import { applyDefinition, readDefinition } from '../workflow/definition-file.ts';

interface Options {
  readonly mode: Mode;
  readonly tickets?: string;
  readonly concurrency: number;
}

const EXAMPLE = 'examples/customer-support';
const LEAST_ACCURACY = 0.8;
const DRAFTS_PER_CATEGORY = 2;

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .addOption(
      new Option('--mode <mode>', 'platform to start').choices(['embedded', 'distributed']).default('embedded'),
    )
    .option('--tickets <file>', `support tickets, one JSON object a line; default: ${EXAMPLE}/tickets.jsonl`)
    .option('--concurrency <count>', 'most runs at a time', wholeNumber(1, 256), 8);
  invocation.handle(command, async (session, options: Options) => {
    const { host, output } = session;
    const startedMs = performance.now();
    const tickets = await readTickets(options.tickets ?? join(host.root, EXAMPLE, 'tickets.jsonl'));
    await using started = await withExamples(session, startDemoPlatform(session, options.mode));
    const { api, startedHere } = started.platform;
    const { results, drafts, firstRunMs } = await runExample(session, api, tickets, options.concurrency);
    const wallMs = performance.now() - startedMs;
    const summary = summarize(results, drafts, { wallMs, firstRunMs });
    printAnswers(results, output);
    printDrafts(drafts, output);
    printSummary(summary, output);
    output.document(demoJson(api.address, summary, results, drafts));
    await started[Symbol.asyncDispose]();
    for (const line of goOn(session, api.address, startedHere ? options.mode : undefined)) output.line(line);
    return summary.failed > 0 || summary.accuracy < LEAST_ACCURACY ? EXIT.unsuccessful : EXIT.ok;
  });
};

interface ExampleResults {
  readonly results: readonly TicketResult[];
  readonly drafts: readonly TicketResult[];
  /** From the start of the process to the end of the first run. */
  readonly firstRunMs: number;
}

async function runExample(
  { host, output }: Session,
  api: Api,
  tickets: readonly Ticket[],
  concurrency: number,
): Promise<ExampleResults> {
  let firstRunMs: number | undefined;
  const onEnd = (): void => {
    firstRunMs ??= performance.now();
  };
  const runAll = async (file: string, chosen: readonly Ticket[]): Promise<readonly TicketResult[]> => {
    const path = join(host.root, EXAMPLE, file);
    const { workflow } = await applyDefinition(api, path, await readDefinition(path, host));
    const workflowId = workflow?.workflowId ?? '';
    output.note(`${workflowId} over ${chosen.length} tickets, ${concurrency} at a time`);
    return runTickets(chosen, { api, output, workflowId, concurrency, onEnd });
  };
  const results = await runAll('workflow.yaml', tickets);
  const drafts = await runAll('hybrid.yaml', fewOfEach(tickets));
  return { results, drafts, firstRunMs: firstRunMs ?? 0 };
}

/** The first tickets of each category that a specialist answers. */
function fewOfEach(tickets: readonly Ticket[]): Ticket[] {
  const byCategory = Object.groupBy(tickets, (ticket) => ticket.expectedCategory);
  const answered = ['billing', 'technical'].flatMap((category) =>
    (byCategory[category] ?? []).slice(0, DRAFTS_PER_CATEGORY),
  );
  return answered.length > 0 ? answered : tickets.slice(0, DRAFTS_PER_CATEGORY);
}

/** How to go on; `stopped` is the mode of the platform that ended with the demo. */
function goOn({ settings, output }: Session, address: string, stopped: Mode | undefined): string[] {
  const start = stopped === 'distributed' ? './bin/skein up' : './bin/skein dev --examples';
  const first =
    stopped === undefined
      ? [`The platform still runs at ${address}.`]
      : [
          `Everything is stopped; the data is in ${settings.dataDir}. To go on:`,
          `  ${start.padEnd(32)} the API will be at ${address}`,
        ];
  return [
    '',
    ...first,
    `  ${'./bin/skein runs list'.padEnd(32)} in another terminal`,
    `  ${'./bin/skein runs get RUN'.padEnd(32)} what a run did`,
    output.paint.faint(`  ${'./bin/skein help'.padEnd(32)} everything else`),
  ];
}

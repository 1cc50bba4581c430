import type { Api } from '../api/api.ts';
import { valueOfJson } from '../api/wire-values.ts';
import type { Output } from '../output/output.ts';
import { startRun } from '../watch/run-to-end.ts';
import { watchRun } from '../watch/watch-run.ts';
import type { TicketResult } from './summary.ts';
import { TicketLines } from './ticket-lines.ts';
import type { Ticket } from './tickets.ts';

export interface TicketRuns {
  readonly api: Api;
  readonly output: Output;
  readonly workflowId: string;
  /** Most runs at a time. */
  readonly concurrency: number;
  /** Called when a run has ended. */
  readonly onEnd: () => void;
}

/** Runs a workflow over tickets, some at a time, with live lines; answers in the order of the tickets. */
export async function runTickets(tickets: readonly Ticket[], runs: TicketRuns): Promise<TicketResult[]> {
  const results: TicketResult[] = [];
  const waiting = [...tickets.entries()].values();
  // All workers take from the same iterator, each its next one.
  const worker = async (): Promise<void> => {
    for (const [index, ticket] of waiting) results[index] = await runTicket(ticket, runs);
  };
  const workers = Array.from({ length: Math.min(runs.concurrency, tickets.length) }, worker);
  await Promise.all(workers);
  return results;
}

async function runTicket(ticket: Ticket, { api, output, workflowId, onEnd }: TicketRuns): Promise<TicketResult> {
  const { runId } = await startRun(api, {
    target: { case: 'workflow', value: { workflowId } },
    input: valueOfJson(ticket.input),
    labels: { example: 'customer-support', ticket: ticket.id },
  });
  const paint = output.json ? output.paintNote : output.paint;
  const say = (line: string): void => (output.json ? output.note(line) : output.line(line));
  const lines = new TicketLines(ticket, paint, say);
  const run = await watchRun(api, runId, {
    taskEvents: output.isTerminal,
    show: (item) => lines.show(item),
    onLost: (why) => say(`${ticket.id}  ${why}`),
  });
  onEnd();
  return { ticket, run };
}

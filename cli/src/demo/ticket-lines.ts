/** The live lines of the demo: one for each change of a run's or a node's state, and text as it is written. */
import type { FollowedItem } from '../watch/follow-run.ts';
import { paintState, type Palette } from '../output/palette.ts';
import { clip } from '../output/value-text.ts';
import { NodeProgress, type ProgressLine } from '../watch/node-progress.ts';
import { TextLines } from '../watch/text-lines.ts';
import type { Ticket } from './tickets.ts';

const NODE_WIDTH = 13;
const STATE_WIDTH = 9;
const SUBJECT_CHARS = 60;
const TEXT_WIDTH = 90;

/** Tells of one ticket's run; `say` prints a line. */
export class TicketLines {
  readonly #ticket: Ticket;
  readonly #say: (line: string) => void;
  readonly #paint: Palette;
  readonly #progress = new NodeProgress();
  readonly #text = new TextLines(TEXT_WIDTH);

  constructor(ticket: Ticket, paint: Palette, say: (line: string) => void) {
    this.#ticket = ticket;
    this.#paint = paint;
    this.#say = say;
  }

  /** Tells of one piece of the run. */
  show({ item }: FollowedItem): void {
    if (item.case === 'runEvent') this.#tell(item.value.runId, this.#progress.lineFor(item.value));
    if (item.case === 'streamReset') this.#text.reset(item.value.nodeId);
    if (item.case !== 'taskEvent') return;
    const { runId, nodeId, attempt, event } = item.value;
    this.#tell(runId, this.#progress.alive(nodeId, attempt));
    if (event.case === 'agentStreamDelta') this.#quote(nodeId, this.#text.add(nodeId, event.value.text));
  }

  #tell(runId: string, line: ProgressLine | undefined): void {
    if (!line) return;
    this.#quote(line.nodeId, this.#text.flush(line.nodeId));
    const isStart = line.nodeId === '' && line.state === 'RUNNING';
    const detail = isStart ? `${runId}  ${clip(this.#ticket.subject, SUBJECT_CHARS)}` : line.detail;
    this.#line(line.nodeId || 'run', paintState(line.state, this.#paint, STATE_WIDTH), this.#paint.faint(detail));
  }

  #quote(nodeId: string, texts: readonly string[]): void {
    for (const text of texts) this.#line(nodeId, this.#paint.faint('│'.padStart(STATE_WIDTH)), text);
  }

  #line(subject: string, state: string, detail: string): void {
    this.#say(`${this.#ticket.id.padEnd(8)} ${subject.padEnd(NODE_WIDTH)} ${state} ${detail}`.trimEnd());
  }
}

/** What people see of a run that they watch: a line per state of the run and its nodes, and text as it is written. */
import type { Output } from '../output/output.ts';
import { paintState } from '../output/palette.ts';
import type { FollowedItem } from './follow-run.ts';
import { NodeProgress, type ProgressLine } from './node-progress.ts';
import { undoneNodeId } from './run-view.ts';
import { TextLines } from './text-lines.ts';

const TEXT_WIDTH = 96;
const NODE_WIDTH = 16;
const STATE_WIDTH = 10;

/** Makes the function that shows one piece after the other, on standard error. */
export function runLines(output: Output): (response: FollowedItem) => void {
  const progress = new NodeProgress();
  const text = new TextLines(TEXT_WIDTH);
  const paint = output.paintNote;
  const quote = (nodeId: string, lines: readonly string[]): void => {
    for (const line of lines) output.note(`  ${nodeText(nodeId).padEnd(NODE_WIDTH)} ${paint.faint('│')} ${line}`);
  };
  const say = (runId: string, line: ProgressLine | undefined): void => {
    if (!line) return;
    const { nodeId, state, detail } = line;
    if (nodeId !== '') quote(nodeId, text.flush(nodeId));
    const subject = nodeId === '' ? `run ${runId}` : `  ${nodeText(nodeId).padEnd(NODE_WIDTH)}`;
    output.note(`${subject} ${paintState(state, paint, STATE_WIDTH)} ${paint.faint(detail)}`.trimEnd());
  };
  return ({ item }) => {
    if (item.case === 'runEvent') say(item.value.runId, progress.lineFor(item.value));
    if (item.case === 'streamReset') text.reset(item.value.nodeId);
    if (item.case !== 'taskEvent') return;
    const { runId, nodeId, attempt, event } = item.value;
    say(runId, progress.alive(nodeId, attempt));
    if (event.case === 'agentStreamDelta') quote(nodeId, text.add(nodeId, event.value.text));
    if (event.case === 'agentState') quote(nodeId, [paint.faint(`${event.value.state} ${event.value.detail}`.trim())]);
  };
}

/** The node, or what is undone. */
function nodeText(nodeId: string): string {
  const undone = undoneNodeId(nodeId);
  return undone === undefined ? nodeId : `undo ${undone}`;
}

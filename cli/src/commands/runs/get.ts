import { NodeState, RunSchema, type NodeRun, type Run } from '@skein/contracts/scheduler';
import { searchAttributeJson } from '@skein/domain';
import { searchAttributesFromMessages } from '@skein/events';
import { connect } from '../../api/api.ts';
import { jsonOfValue } from '../../api/wire-values.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import type { Output } from '../../output/output.ts';
import { paintState } from '../../output/palette.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { instantMs, spanText } from '../../output/time.ts';
import { clip, shortValue, valueText } from '../../output/value-text.ts';
import { failureText } from '../../watch/node-progress.ts';
import { nodeStateWord, runStateWord, undoneNodeId } from '../../watch/run-view.ts';
import { failureLines, runSpanText } from '../../watch/show-run.ts';

const DETAIL_CHARS = 80;

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<run>', 'id of the run');
  invocation.handle(command, async (session, runId: string) => {
    const { output } = session;
    const { runs, namespace } = await connect(session);
    const { run } = await runs.getRun({ namespace, runId });
    if (!run) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the run' });
    output.document(plainJson(RunSchema, run));
    showRun(run, output);
  });
};

function showRun(run: Run, output: Output): void {
  const nowMs = Date.now();
  const version = run.workflowVersion === 0 ? '' : ` version ${run.workflowVersion}`;
  const facts: [string, string][] = [
    ['run', run.runId],
    ['workflow', `${run.workflowId}${version}`],
    ['state', paintState(runStateWord(run.state), output.paint)],
    ['created', new Date(instantMs(run.createdAt) ?? 0).toISOString()],
    ['took', runSpanText(run, nowMs)],
    [
      'labels',
      Object.entries(run.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
    ],
    ['found by', attributesText(run)],
    ['memo', run.memo ? shortValue(run.memo, 200) : ''],
    ['session', run.sessionId],
    ['child of', run.parent ? `${run.parent.runId} ${run.parent.nodeId} [${run.parent.index}]` : ''],
    ['runs', run.bodyPath === '' ? '' : `the graph within ${run.bodyPath}`],
    ['fork of', run.forkedFrom ? `${run.forkedFrom.runId} after event ${run.forkedFrom.seq}` : ''],
    ['paused', run.pauseReason],
    ['waits for', run.waitingFor],
    ['next', nextText(run, nowMs)],
    ['input', shortValue(jsonOfValue(run.input), 200)],
  ];
  for (const [name, value] of facts) if (value !== '') output.line(`${name.padEnd(10)} ${value}`);
  showNodes(
    'NODE',
    run.nodes.filter((node) => !isUndoing(node)),
    output,
  );
  showNodes('UNDOES', run.nodes.filter(isUndoing), output);
  if (run.output) output.line(`\noutput\n${valueText(jsonOfValue(run.output))}`);
  if (run.failure) output.line(`\n${failureLines(run).join('\n')}`);
}

function attributesText({ searchAttributes }: Run): string {
  const attributes = searchAttributesFromMessages(searchAttributes);
  return Object.entries(attributes)
    .map(([name, value]) => `${name}=${shortValue(searchAttributeJson(value), 80)}`)
    .join(' ');
}

function nextText({ nextTimerAt }: Run, nowMs: number): string {
  const atMs = instantMs(nextTimerAt);
  return atMs === undefined
    ? ''
    : `by itself at ${new Date(atMs).toISOString()}, in ${spanText(Math.max(0, atMs - nowMs))}`;
}

function isUndoing({ nodeId }: NodeRun): boolean {
  return undoneNodeId(nodeId) !== undefined;
}

function showNodes(heading: string, nodes: readonly NodeRun[], output: Output): void {
  if (nodes.length === 0) return;
  output.line();
  const rows = nodes.map((node) => nodeRow(node, output));
  for (const line of table([heading, 'TYPE', 'STATE', 'ATTEMPT', 'DETAIL'], rows)) output.line(line);
}

function nodeRow(node: NodeRun, { paint }: Output): string[] {
  const { nodeId, nodeType, state, paused } = node;
  const output = node.output ? shortValue(jsonOfValue(node.output), DETAIL_CHARS) : '';
  const detail = failureText(node.failure) || node.waitingFor || output || node.target;
  const attempt = node.attempt === 0 ? '-' : String(node.attempt);
  const word = paused && state !== NodeState.RUNNING ? 'PAUSED' : nodeStateWord(state);
  const said = [childrenText(node), detail].filter(Boolean).join('; ');
  const name = undoneNodeId(nodeId) ?? nodeId;
  return [name, nodeType, paintState(word, paint), attempt, clip(said, DETAIL_CHARS)];
}

/** How many child runs there are; what the node waits for says it too while it waits. */
function childrenText({ children, nodeType, waitingFor }: NodeRun): string {
  if (children === undefined || (waitingFor !== '' && nodeType !== 'loop')) return '';
  const { total, succeeded, failed } = children;
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  if (nodeType === 'loop') return `${succeeded + failed} of at most ${total} iterations${failures}`;
  return nodeType === 'map' ? `${succeeded + failed} of ${total} items${failures}` : '';
}

import { RunSchema, type NodeRun, type Run } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { jsonOfValue } from '../../api/wire-values.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import type { Output } from '../../output/output.ts';
import { paintState } from '../../output/palette.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { instantMs } from '../../output/time.ts';
import { clip, shortValue, valueText } from '../../output/value-text.ts';
import { failureText } from '../../watch/node-progress.ts';
import { nodeStateWord, runStateWord } from '../../watch/run-view.ts';
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
    ['session', run.sessionId],
    ['waits for', run.waitingFor],
    ['input', shortValue(jsonOfValue(run.input), 200)],
  ];
  for (const [name, value] of facts) if (value !== '') output.line(`${name.padEnd(10)} ${value}`);
  if (run.nodes.length > 0) output.line();
  const rows = run.nodes.map((node) => nodeRow(node, output));
  if (rows.length > 0)
    for (const line of table(['NODE', 'TYPE', 'STATE', 'ATTEMPT', 'DETAIL'], rows)) output.line(line);
  if (run.output) output.line(`\noutput\n${valueText(jsonOfValue(run.output))}`);
  if (run.failure) output.line(`\n${failureLines(run).join('\n')}`);
}

function nodeRow(node: NodeRun, { paint }: Output): string[] {
  const output = node.output ? shortValue(jsonOfValue(node.output), DETAIL_CHARS) : '';
  const detail = failureText(node.failure) || node.waitingFor || output || node.target;
  const attempt = node.attempt === 0 ? '-' : String(node.attempt);
  return [
    node.nodeId,
    node.nodeType,
    paintState(nodeStateWord(node.state), paint),
    attempt,
    clip(detail, DETAIL_CHARS),
  ];
}

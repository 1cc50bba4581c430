import { LogLineSchema, type LogLine } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import type { Output } from '../../output/output.ts';
import { plainJson } from '../../output/plain-json.ts';

interface Options {
  readonly instance?: string;
  readonly follow?: boolean;
  readonly tail: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<deployment>', 'id of the deployment')
    .option('--instance <id>', 'only what this instance writes; `skein deployments get` shows their ids')
    .option('--follow', 'go on with what is written from now on, over restarts, until it has stopped for good')
    .option('--tail <count>', 'how many of the last lines of each instance', wholeNumber(0, 1000), 100)
    .addHelpText('after', '\nWith -o json every line is a line of JSON, with its time and its instance.');
  invocation.handle(command, async (session, deploymentId: string, options: Options) => {
    const { deployments, namespace } = await connect(session);
    const { instance: assignmentId = '', follow = false, tail: tailLines } = options;
    const left = new AbortController();
    try {
      const asked = { namespace, deploymentId, assignmentId, follow, tailLines };
      for await (const { line } of deployments.streamLogs(asked, { signal: left.signal })) {
        if (line !== undefined) show(line, assignmentId === '', session.output);
      }
    } finally {
      left.abort();
    }
  });
};

function show(line: LogLine, isOneOfMany: boolean, output: Output): void {
  output.item(plainJson(LogLineSchema, line));
  if (line.skippedLines > 0n) output.note(`${line.skippedLines} lines of ${line.assignmentId} came too fast`);
  output.line(isOneOfMany ? `${output.paint.faint(line.assignmentId)} ${line.text}` : line.text);
}

import { NodeInputSchema, type NodeInput } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { jsonOfValue } from '../../api/wire-values.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import type { Output } from '../../output/output.ts';
import { plainJson } from '../../output/plain-json.ts';
import { valueText } from '../../output/value-text.ts';

interface Options {
  readonly attempt: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<run>', 'id of the run')
    .argument('<node>', 'id of the node')
    .option('--attempt <number>', 'the attempt; default: the latest', wholeNumber(1, 100), 0);
  invocation.handle(command, async (session, runId: string, nodeId: string, { attempt }: Options) => {
    const { output } = session;
    const { runs, namespace } = await connect(session);
    const { nodeInput } = await runs.getNodeInput({ namespace, runId, nodeId, attempt });
    if (!nodeInput) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the input' });
    output.document(plainJson(NodeInputSchema, nodeInput));
    showInput(nodeInput, output);
  });
};

/** The input alone goes to standard output, so that it can be piped; what is said about it does not. */
function showInput({ input, attempt, promptDigest, promptSizeBytes, inputSeqs }: NodeInput, output: Output): void {
  const facts = [
    ...(attempt === 0 ? [] : [`attempt ${attempt}`]),
    `made of event ${inputSeqs.join(', ')}`,
    ...(promptDigest.length === 0 ? [] : [`prompt ${promptSizeBytes} bytes, sha256 ${hex(promptDigest)}`]),
  ];
  output.note(facts.join('; '));
  output.line(valueText(jsonOfValue(input)));
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

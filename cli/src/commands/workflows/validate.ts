import { ProblemSeverity, ValidateWorkflowResponseSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { replayedRuns, showReplayedRuns } from '../../history/replayed-runs.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { violationText } from '../../output/trouble-text.ts';
import { invalidDefinition, readDefinition, validateDefinition, violationOf } from '../../workflow/definition-file.ts';

interface Options {
  /** `true`: without a number. */
  readonly againstRuns?: number | true;
}

const USUAL_RUNS = 20;

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<file>', 'YAML or JSON in any accepted dialect; - is standard input')
    .option(
      '--against-runs [count]',
      `replay the newest runs of the workflow on it (default: ${USUAL_RUNS})`,
      wholeNumber(1, 100),
    )
    .addHelpText('after', '\nExits with 1 where a replayed run would have gone another way.');
  invocation.handle(command, async (session, file: string, { againstRuns }: Options) => {
    const { output } = session;
    const source = await readDefinition(file, session.host);
    const api = await connect(session);
    const count = againstRuns === true ? USUAL_RUNS : (againstRuns ?? 0);
    const { replays, ...answer } = await validateDefinition(api, source, count);
    for (const problem of answer.problems) {
      if (problem.severity === ProblemSeverity.WARNING) output.note(`warning ${violationText(violationOf(problem))}`);
    }
    if (answer.valid) output.line(`${file} is valid`);
    const runs = await replayedRuns(api, replays, answer.definition ?? {});
    const validated = plainJson(ValidateWorkflowResponseSchema, { ...answer, replays: [] });
    output.document(count === 0 ? validated : { ...(validated as object), replays: runs });
    const diverged = showReplayedRuns(runs, output);
    if (answer.valid) return diverged ? EXIT.unsuccessful : EXIT.ok;
    if (output.json) return EXIT.invalid;
    throw invalidDefinition(file, answer.problems);
  });
};

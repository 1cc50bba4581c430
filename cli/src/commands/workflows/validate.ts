import { ProblemSeverity, ValidateWorkflowResponseSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { plainJson } from '../../output/plain-json.ts';
import { violationText } from '../../output/trouble-text.ts';
import { invalidDefinition, readDefinition, validateDefinition, violationOf } from '../../workflow/definition-file.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<file>', 'YAML or JSON in any accepted dialect; - is standard input');
  invocation.handle(command, async (session, file: string) => {
    const { output } = session;
    const source = await readDefinition(file, session.host);
    const answer = await validateDefinition(await connect(session), source);
    for (const problem of answer.problems) {
      if (problem.severity === ProblemSeverity.WARNING) output.note(`warning ${violationText(violationOf(problem))}`);
    }
    if (answer.valid) output.line(`${file} is valid`);
    output.document(plainJson(ValidateWorkflowResponseSchema, answer));
    if (answer.valid) return EXIT.ok;
    if (output.json) return EXIT.invalid;
    throw invalidDefinition(file, answer.problems);
  });
};

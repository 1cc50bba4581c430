import { ApplyWorkflowResponseSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { violationText } from '../../output/trouble-text.ts';
import { applyDefinition, readDefinition, violationOf } from '../../workflow/definition-file.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<file>', 'YAML or JSON in any accepted dialect; - is standard input');
  invocation.handle(command, async (session, file: string) => {
    const { output } = session;
    const source = await readDefinition(file, session.host);
    const applied = await applyDefinition(await connect(session), file, source);
    for (const warning of applied.warnings) output.note(`warning ${violationText(violationOf(warning))}`);
    output.document(plainJson(ApplyWorkflowResponseSchema, applied));
    const { workflowId = '', version = 0 } = applied.workflow ?? {};
    output.line(`${workflowId} version ${version} ${applied.created ? 'stored' : 'unchanged'}`);
  });
};

import { ModelSchema } from '@skein/contracts/llm';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.handle(command, async (session) => {
    const { output } = session;
    const { llm, namespace } = await connect(session);
    const { models } = await llm.listModels({ namespace });
    output.document({ models: models.map((model) => plainJson(ModelSchema, model)) });
    const rows = models.map(({ model, provider, description }) => [model, provider, description]);
    for (const line of table(['MODEL', 'PROVIDER', 'DESCRIPTION'], rows)) output.line(line);
  });
};

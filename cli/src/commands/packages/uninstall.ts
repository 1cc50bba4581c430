import { PackageReferenceSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<agent>', 'id of the agent that was installed');
  invocation.handle(command, async (session, agentId: string) => {
    const { output } = session;
    const { catalogue, namespace } = await connect(session);
    const { package: was } = await catalogue.uninstallPackage({ namespace, agentId });
    if (was === undefined)
      throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the package' });
    output.document(plainJson(PackageReferenceSchema, was));
    output.line(`${agentId} uninstalled: it was ${was.name} ${was.version}`);
  });
};

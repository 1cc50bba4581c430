import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { splitName } from '../../package/remote-package.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<package>', 'PUBLISHER/NAME@VERSION');
  invocation.handle(command, async (session, asked: string) => {
    const { output } = session;
    const { catalogue, namespace } = await connect(session);
    const { name, version } = splitName(asked);
    const { deleted } = await catalogue.deletePackageVersion({ namespace, name, version });
    output.document({ name, version, deleted });
    output.line(
      `${name} ${version} ${deleted ? 'deleted; no other files can be published as it' : 'was deleted before'}`,
    );
  });
};

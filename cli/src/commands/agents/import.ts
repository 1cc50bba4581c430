import { importOf } from '../../agent/agent-export.ts';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { readObjectFile } from '../../input/message-file.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<file>', 'written by `skein agents export`; - is standard input')
    .addHelpText('after', '\nRepeatable: versions and deployments that are as in the file stay as they are.');
  invocation.handle(command, async (session, file: string) => {
    const { host, output } = session;
    const { registrations, deployments } = importOf(await readObjectFile(file, host), file);
    const { agents, deployments: client, namespace } = await connect(session);
    for (const registration of registrations) await agents.registerAgent({ ...registration, namespace });
    for (const deployment of deployments) await client.applyDeployment({ deployment: { ...deployment, namespace } });
    output.document({ versions: registrations.length, deployments: deployments.length });
    output.line(`${registrations.length} version(s) and ${deployments.length} deployment(s) imported`);
  });
};

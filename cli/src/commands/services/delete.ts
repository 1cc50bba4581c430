import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<service...>', 'ids of the rpc services');
  invocation.handle(command, async (session, serviceIds: string[]) => {
    const { output } = session;
    const { services, namespace } = await connect(session);
    for (const serviceId of serviceIds) {
      await services.deleteService({ namespace, serviceId });
      output.line(`${serviceId} deleted`);
    }
    output.document({ deleted: serviceIds });
  });
};

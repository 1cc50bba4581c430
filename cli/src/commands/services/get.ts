import { RpcServiceSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { rpcProtocolWord } from '../../service/service-view.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<service>', 'id of the rpc service');
  invocation.handle(command, async (session, serviceId: string) => {
    const { output } = session;
    const { services, namespace } = await connect(session);
    const { service } = await services.getService({ namespace, serviceId });
    if (!service) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the service' });
    output.document(plainJson(RpcServiceSchema, service));
    const facts: [string, string][] = [
      ['service', service.serviceId],
      ['description', service.description],
      ['protocol', rpcProtocolWord(service.protocol)],
      ['tls', service.tls ? 'yes' : 'no'],
      ['addresses', service.addresses.join(' ')],
      ['described by', service.serviceNames.length === 0 ? 'its reflection' : 'an uploaded descriptor set'],
      ['services', service.serviceNames.join(', ')],
    ];
    for (const [name, value] of facts) if (value !== '') output.line(`${name.padEnd(12)} ${value}`);
  });
};

import { RpcMethodSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<service>', 'id of the rpc service');
  invocation.handle(command, async (session, serviceId: string) => {
    const { output } = session;
    const { services, namespace } = await connect(session);
    const { methods } = await services.listMethods({ namespace, serviceId });
    output.document({ methods: methods.map((method) => plainJson(RpcMethodSchema, method)) });
    const rows = methods.map(({ method, inputType, outputType, streaming }) => [
      method,
      inputType,
      outputType,
      streaming ? 'streams: no node can call it' : '',
    ]);
    for (const line of table(['METHOD', 'REQUEST', 'RESPONSE', ''], rows)) output.line(line);
  });
};

import { RpcServiceSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { clip } from '../../output/value-text.ts';
import { rpcProtocolWord } from '../../service/service-view.ts';

interface Options {
  readonly limit: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command.option('--limit <count>', 'at most this many', wholeNumber(1, 100_000), 1000);
  invocation.handle(command, async (session, { limit }: Options) => {
    const { output } = session;
    const { services: client, namespace } = await connect(session);
    const services = await pagesOf(limit, async (page) => {
      const answer = await client.listServices({ namespace, ...page });
      return { items: answer.services, nextPageToken: answer.nextPageToken };
    });
    output.document({ services: services.map((service) => plainJson(RpcServiceSchema, service)) });
    if (services.length === 0) {
      output.note('no rpc services; `skein services register ID --address HOST:PORT` adds one');
      return;
    }
    const rows = services.map(({ serviceId, protocol, tls, addresses, description }) => [
      serviceId,
      tls ? `${rpcProtocolWord(protocol)} tls` : rpcProtocolWord(protocol),
      addresses.join(' '),
      clip(description, 60),
    ]);
    for (const line of table(['SERVICE', 'PROTOCOL', 'ADDRESSES', 'DESCRIPTION'], rows)) output.line(line);
  });
};

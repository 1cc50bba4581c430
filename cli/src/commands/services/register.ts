import { readFile } from 'node:fs/promises';
import { RegisterServiceResponseSchema } from '@skein/contracts/registry';
import { Option } from 'commander';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { collect } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { RPC_PROTOCOLS, rpcProtocolWord } from '../../service/service-view.ts';

interface Options {
  readonly address: readonly string[];
  readonly protocol: string;
  readonly tls?: boolean;
  readonly description?: string;
  readonly descriptors?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<service>', 'id of the rpc service')
    .requiredOption('-a, --address <host:port>', 'address of a server; may be repeated', collect)
    .addOption(
      new Option('-p, --protocol <name>', 'how it is spoken to').choices(Object.keys(RPC_PROTOCOLS)).default('grpc'),
    )
    .option('--tls', 'it speaks TLS')
    .option('--description <text>', 'what it is good for')
    .option('--descriptors <file>', 'descriptor set with all imports (buf build -o); default: the server is asked');
  invocation.handle(command, async (session, serviceId: string, options: Options) => {
    const { output } = session;
    const descriptorSet = options.descriptors === undefined ? new Uint8Array() : await read(options.descriptors);
    const { services, namespace } = await connect(session);
    const answer = await services.registerService({
      namespace,
      serviceId,
      addresses: [...options.address],
      protocol: RPC_PROTOCOLS[options.protocol] ?? 0,
      tls: options.tls ?? false,
      description: options.description ?? '',
      descriptorSet,
    });
    output.document(plainJson(RegisterServiceResponseSchema, answer));
    if (!answer.service) return;
    const { protocol, addresses, serviceNames } = answer.service;
    const known = serviceNames.length === 0 ? 'methods by reflection' : `services ${serviceNames.join(', ')}`;
    const what = `${answer.created ? 'registered' : 'changed'}: ${rpcProtocolWord(protocol)}`;
    output.line(`${serviceId} ${what}, ${addresses.join(' ')}, ${known}`);
  });
};

async function read(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    const message = `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`;
    const remedy = 'check the path and its permissions';
    const place = '--descriptors';
    throw new CliError({ reason: 'FILE_NOT_READABLE', message, place, remedy, exitCode: EXIT.notFound, cause });
  }
}

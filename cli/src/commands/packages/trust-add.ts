import { TrustedKeySchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { readKey } from '../../package/package-files.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<publisher>', 'the part of the names of its packages before the slash')
    .argument('<file>', 'its public key, NAME.pub of `skein packages keygen`');
  invocation.handle(command, async (session, publisher: string, file: string) => {
    const { output } = session;
    const publicKey = await readKey(file);
    const { catalogue, namespace } = await connect(session);
    const { key } = await catalogue.trustKey({ namespace, publisher, publicKey });
    if (key === undefined) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the key' });
    output.document(plainJson(TrustedKeySchema, key));
    output.line(`key ${key.keyId} is trusted with the packages of ${key.publisher}`);
  });
};

import { makeKey } from '@skein/packages';
import { invalidValue } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { localKind, writeWhole } from '../../package/package-files.ts';

const OWNER_ONLY = 0o600;

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<name>', 'writes NAME.key, which is secret, and NAME.pub, which others trust');
  invocation.handle(command, async ({ output }, name: string) => {
    const [secret, open] = [`${name}.key`, `${name}.pub`];
    for (const file of [secret, open]) {
      if ((await localKind(file)) === undefined) continue;
      throw invalidValue(
        file,
        'this file is there already',
        'give another name: a key that was lost cannot be made again',
      );
    }
    const key = makeKey();
    await writeWhole(secret, key.privateKey, OWNER_ONLY);
    await writeWhole(open, key.publicKey);
    output.document({ key_id: key.keyId, private_key_file: secret, public_key_file: open });
    output.line(`key ${key.keyId}: keep ${secret} to yourself, give ${open} to others`);
  });
};

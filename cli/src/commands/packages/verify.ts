import { openFiles, readPublicKey } from '@skein/packages';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readKey, readLocal } from '../../package/package-files.ts';
import { withPackageTrouble } from '../../package/package-trouble.ts';

interface Options {
  readonly key?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<package>', 'a folder or a .tar.gz')
    .option('--key <file>', 'public key that it must be signed by; default: any or none');
  invocation.handle(command, async ({ output }, path: string, { key }: Options) => {
    const publicKey = key === undefined ? undefined : await readKey(key);
    const files = await readLocal(path);
    const { manifest, digest, signature, fileCount } = await withPackageTrouble(() => openFiles(files));
    const wanted = publicKey === undefined ? undefined : await withPackageTrouble(() => readPublicKey(publicKey).keyId);
    const keyId = signature?.keyId ?? '';
    if (wanted !== undefined && wanted !== keyId) {
      throw new CliError({
        reason: 'PACKAGE_UNTRUSTED',
        message: `${path} is ${keyId === '' ? 'not signed' : `signed by ${keyId}`}, not by ${wanted}`,
        place: path,
        remedy: 'get it from its publisher',
        exitCode: EXIT.refused,
      });
    }
    const { name, version } = manifest;
    output.document({ name, version, digest, files: fileCount, key_id: keyId });
    output.line(
      `${name} ${version}: ${fileCount} files, ${digest}, ${keyId === '' ? 'not signed' : `signed by ${keyId}`}`,
    );
  });
};

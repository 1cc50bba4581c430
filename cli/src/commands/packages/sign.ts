import { openFiles, packArchive, signFiles } from '@skein/packages';
import type { CommandModule } from '../../command.ts';
import { readKey, readLocal, writeWhole } from '../../package/package-files.ts';
import { withPackageTrouble } from '../../package/package-trouble.ts';

interface Options {
  readonly key: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<archive>', 'the .tar.gz; it is written anew, and a signature that it had replaced')
    .requiredOption('--key <file>', 'private key');
  invocation.handle(command, async ({ output }, file: string, { key }: Options) => {
    const privateKey = await readKey(key);
    const files = await readLocal(file);
    const { archive, opened } = await withPackageTrouble(async () => {
      const signed = signFiles(files, privateKey);
      return { opened: openFiles(signed), archive: await packArchive(signed) };
    });
    await writeWhole(file, archive);
    const { digest, signature } = opened;
    output.document({ digest, key_id: signature?.keyId ?? '', file });
    output.line(`${file} is signed by ${signature?.keyId ?? ''}: ${digest}`);
  });
};

import { openFiles, packArchive, readFolder, signFiles } from '@skein/packages';
import type { CommandModule } from '../../command.ts';
import { readKey, writeWhole } from '../../package/package-files.ts';
import { withPackageTrouble } from '../../package/package-trouble.ts';

interface Options {
  readonly to?: string;
  readonly key?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<folder>', 'folder with an agent.yaml')
    .option('--to <file>', 'where to; default: NAME-VERSION.tar.gz')
    .option('--key <file>', 'private key to sign it with')
    .addHelpText('after', '\nExample: skein packages pack examples/packages/greeter --key acme.key');
  invocation.handle(command, async ({ output }, folder: string, { to, key }: Options) => {
    const privateKey = key === undefined ? undefined : await readKey(key);
    const { archive, opened } = await withPackageTrouble(async () => {
      const read = await readFolder(folder);
      const files = privateKey === undefined ? read : signFiles(read, privateKey);
      return { opened: openFiles(files), archive: await packArchive(files) };
    });
    const { manifest, digest, signature, fileCount } = opened;
    const file = to ?? `${manifest.name.replace('/', '-')}-${manifest.version}.tar.gz`;
    await writeWhole(file, archive);
    const { name, version } = manifest;
    output.document({ name, version, digest, file, size_bytes: archive.length, key_id: signature?.keyId ?? '' });
    output.line(`${name} ${version} is in ${file}: ${fileCount} files, ${archive.length} bytes, ${digest}`);
  });
};

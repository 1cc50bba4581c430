import { openPackage } from '@skein/packages';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { writeWhole } from '../../package/package-files.ts';
import { withPackageTrouble } from '../../package/package-trouble.ts';
import { splitName } from '../../package/remote-package.ts';

interface Options {
  readonly to?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<package>', 'PUBLISHER/NAME, with @VERSION or @RANGE where wanted')
    .option('--to <file>', 'where to; default: NAME-VERSION.tar.gz');
  invocation.handle(command, async (session, asked: string, { to }: Options) => {
    const { output } = session;
    const { catalogue, namespace } = await connect(session);
    const pieces: Uint8Array[] = [];
    let said = '';
    for await (const piece of catalogue.downloadPackage({ namespace, ...splitName(asked) })) {
      said = piece.package?.digest ?? said;
      pieces.push(piece.data);
    }
    const archive = Buffer.concat(pieces);
    const { manifest, digest } = await withPackageTrouble(() => openPackage(archive));
    if (digest !== said) {
      const message = `the archive is ${digest}, and was to be ${said}`;
      throw new CliError({ reason: 'PACKAGE_SIGNATURE_INVALID', message, place: asked, exitCode: EXIT.invalid });
    }
    const file = to ?? `${manifest.name.replace('/', '-')}-${manifest.version}.tar.gz`;
    await writeWhole(file, archive);
    output.document({ name: manifest.name, version: manifest.version, digest, file });
    output.line(`${manifest.name} ${manifest.version} is in ${file}`);
  });
};

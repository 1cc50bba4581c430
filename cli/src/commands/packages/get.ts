import { PackageSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { packageOf, signatureText } from '../../package/package-view.ts';
import { splitName } from '../../package/remote-package.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<package>', 'PUBLISHER/NAME, with @VERSION or @RANGE where wanted');
  invocation.handle(command, async (session, asked: string) => {
    const { output } = session;
    const { catalogue, namespace } = await connect(session);
    const found = packageOf(await catalogue.getPackage({ namespace, ...splitName(asked) }));
    output.document(plainJson(PackageSchema, found));
    const { manifest } = found;
    const runtime = manifest?.runtime;
    const facts: [string, string][] = [
      ['package', manifest?.name ?? ''],
      ['version', `${manifest?.version ?? ''}${found.yanked ? ', yanked' : ''}`],
      ['description', manifest?.description ?? ''],
      ['can do', manifest?.capabilities.join(', ') ?? ''],
      ['runs as', runtime?.case === 'template' ? (runtime.value.runtime.case ?? '') : 'it answers already'],
      ['secrets', Object.keys(manifest?.secrets ?? {}).join(', ')],
      ['digest', found.digest],
      ['signature', signatureText(found)],
      ['size', `${found.sizeBytes} bytes, ${found.fileCount} files`],
    ];
    for (const [name, value] of facts) if (value !== '') output.line(`${name.padEnd(12)} ${value}`);
  });
};

import { PackageSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { packageOf, packageText } from '../../package/package-view.ts';
import { splitName } from '../../package/remote-package.ts';

interface Options {
  readonly undo?: boolean;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<package>', 'PUBLISHER/NAME@VERSION').option('--undo', 'put it back');
  invocation.handle(command, async (session, asked: string, { undo = false }: Options) => {
    const { output } = session;
    const { catalogue, namespace } = await connect(session);
    const found = packageOf(await catalogue.yankPackage({ namespace, ...splitName(asked), undo }));
    output.document(plainJson(PackageSchema, found));
    output.line(`${packageText(found)} ${found.yanked ? 'is yanked' : 'is offered again'}`);
  });
};

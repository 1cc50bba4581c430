import { openPackage } from '@skein/packages';
import { PublishPackageResponseSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { localArchive } from '../../package/package-files.ts';
import { withPackageTrouble } from '../../package/package-trouble.ts';
import { packageOf, packageText, signatureText } from '../../package/package-view.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<package>', 'a folder or a .tar.gz')
    .addHelpText('after', '\nExample: skein packages publish examples/packages/greeter');
  invocation.handle(command, async (session, path: string) => {
    const { output } = session;
    const archive = await localArchive(path);
    // What is wrong with it is told without a platform.
    await withPackageTrouble(() => openPackage(archive));
    const { catalogue, namespace } = await connect(session);
    const answer = await catalogue.publishPackage({ namespace, archive });
    const published = packageOf(answer);
    output.document(plainJson(PublishPackageResponseSchema, answer));
    const verb = answer.created ? 'published' : 'was there already';
    output.line(`${packageText(published)} ${verb}: ${published.digest}, ${signatureText(published)}`);
  });
};

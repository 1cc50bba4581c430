import { openPackage } from '@skein/packages';
import { InstallPackageResponseSchema } from '@skein/contracts/registry';
import { connect, type Api } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { awaitReady } from '../../deployment/await-deployment.ts';
import { phaseText, readyText } from '../../deployment/deployment-view.ts';
import { JSON_FORMS, readJsonObject } from '../../input/json-input.ts';
import { collectPair, parseSpanMs, wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { localArchive, localKind } from '../../package/package-files.ts';
import { withPackageTrouble } from '../../package/package-trouble.ts';
import { packageOf, packageText } from '../../package/package-view.ts';
import { downloadRemote, isRemote, splitName } from '../../package/remote-package.ts';

interface Options {
  readonly as?: string;
  readonly replicas?: number;
  readonly config?: string;
  readonly env?: Record<string, string>;
  readonly secret?: Record<string, string>;
  readonly allowUnsigned?: boolean;
  readonly wait?: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument(
      '<package>',
      'PUBLISHER/NAME[@RANGE], a folder, a .tar.gz, or URL#PUBLISHER/NAME[@RANGE] of another platform',
    )
    .option('--as <agent>', 'id of the agent and the deployment; default: the part of the name after the slash')
    .option(
      '--replicas <count>',
      'how many instances; default: as it was, at first as the package says',
      wholeNumber(0, 1000),
    )
    .option('--config <json>', `settings that the package lets one change: ${JSON_FORMS}`)
    .option('--env <key=value>', 'environment variable; may be repeated', collectPair)
    .option('--secret <variable=name>', 'secret of the executor for a variable; may be repeated', collectPair)
    .option('--allow-unsigned', 'also where no trusted key has signed it')
    .option('--wait <span>', 'wait until its deployment is ready, at most this long', parseSpanMs)
    .addHelpText(
      'after',
      '\nExample: skein packages install acme/greeter@^1.0 --secret API_KEY=greeter-key --wait 30s',
    );
  invocation.handle(command, async (session, source: string, options: Options) => {
    const { output, host } = session;
    const config = options.config === undefined ? undefined : await readJsonObject(options.config, '--config', host);
    const api = await connect(session);
    const { catalogue, namespace } = api;
    const { name, version } = await published(api, source, host.interrupted);
    const answer = await catalogue.installPackage({
      namespace,
      name,
      version,
      agentId: options.as ?? '',
      env: options.env ?? {},
      secretEnv: options.secret ?? {},
      allowUntrusted: options.allowUnsigned ?? false,
      ...(options.replicas === undefined ? {} : { replicas: options.replicas }),
      ...(config === undefined ? {} : { config }),
    });
    const { installed } = answer;
    if (installed.case === 'deployment' && options.wait !== undefined) {
      installed.value = await awaitReady(api, installed.value.deploymentId, options.wait);
    }
    output.document(plainJson(InstallPackageResponseSchema, answer));
    const text = packageText(packageOf(answer));
    if (installed.case === undefined) throw new CliError({ reason: 'INTERNAL', message: 'nothing was installed' });
    if (installed.case === 'agent') output.line(`${text} installed: agent ${installed.value.agentId} is registered`);
    else {
      const { deploymentId } = installed.value;
      const state = `${phaseText(installed.value)}, ${readyText(installed.value)} ready`;
      output.line(`${text} installed: deployment ${deploymentId}, ${state}`);
    }
  });
};

/** The package as it is in the catalogue of this platform; what is elsewhere is published first. */
async function published(api: Api, source: string, signal: AbortSignal) {
  const { catalogue, namespace } = api;
  if (isRemote(source)) {
    const { archive, name, version } = await downloadRemote(source, signal);
    await catalogue.publishPackage({ namespace, archive });
    return { name, version };
  }
  if ((await localKind(source)) === undefined) return splitName(source);
  const archive = await localArchive(source);
  const { manifest } = await withPackageTrouble(() => openPackage(archive));
  await catalogue.publishPackage({ namespace, archive });
  return { name: manifest.name, version: manifest.version };
}

/** What every instance finds in its environment, wherever it runs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostedKey } from '../../app/runtime.ts';
import type { HostedSettings } from '../../domain/hosted-settings.ts';

/** What an instance is given where it starts. */
export interface InstancePlace {
  readonly port: number;
  /** Folder with the files of the package that it is of. Undefined: it gets none. */
  readonly packageFolder?: string | undefined;
}

/** `${PORT}` in a text is the port, `${PACKAGE}` the folder of its package where there is one. */
export function filledIn(text: string, { port, packageFolder }: InstancePlace): string {
  const filled = text.replaceAll('${PORT}', String(port));
  // A function: `$` in a path means nothing.
  return packageFolder === undefined ? filled : filled.replaceAll('${PACKAGE}', () => packageFolder);
}

/** The variables of its template, its secrets, its port, and who it is. */
export function instanceEnvironment(
  { namespace, deploymentId, assignmentId }: HostedKey,
  { env, agentId, version }: HostedSettings,
  secrets: Readonly<Record<string, string>>,
  place: InstancePlace,
): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filledIn(value, place)])),
    ...secrets,
    PORT: String(place.port),
    SKEIN_NAMESPACE: namespace,
    SKEIN_DEPLOYMENT_ID: deploymentId,
    SKEIN_ASSIGNMENT_ID: assignmentId,
    SKEIN_AGENT_ID: agentId,
    SKEIN_AGENT_VERSION: version,
  };
}

/** The values of its secrets by variable. @throws Error that names the secret that is missing. */
export async function secretsOf(
  { secretEnv }: Pick<HostedSettings, 'secretEnv'>,
  directory: string | undefined,
): Promise<Readonly<Record<string, string>>> {
  const secrets: Record<string, string> = {};
  for (const [variable, name] of Object.entries(secretEnv)) {
    if (directory === undefined) {
      throw new Error(`the executor has no secret ${name}: give it a folder with SKEIN_EXECUTOR_SECRETS_DIR`);
    }
    try {
      // The names "." and ".." are folders, and fail as such.
      secrets[variable] = (await readFile(join(directory, name), 'utf8')).replace(/\n$/, '');
    } catch (error) {
      throw new Error(
        `the executor has no secret ${name}: put it into the file ${name} of SKEIN_EXECUTOR_SECRETS_DIR`,
        { cause: error },
      );
    }
  }
  return secrets;
}

/** A package and what its installer says → what is applied or registered, or every violation at once. */
import { create, type JsonObject } from '@bufbuild/protobuf';
import {
  DeploymentSchema,
  InstanceTemplateSchema,
  PackageReferenceSchema,
  RegisterAgentRequestSchema,
  type Deployment,
  type InstallPackageRequest,
  type PackageManifest,
  type RegisterAgentRequest,
} from '@skein/contracts/registry';
import { compileSchema } from '@skein/domain';
import { partsOfName } from '@skein/packages';
import { Violations } from './violations.ts';

/** The labels by which a registered agent is known to be of a package. */
export const PACKAGE_LABELS = Object.freeze({
  name: 'skein.package',
  version: 'skein.package.version',
  digest: 'skein.package.digest',
});

/** What the installer says; all of it may be left out. */
export type InstallerWishes = Pick<
  InstallPackageRequest,
  'namespace' | 'agentId' | 'replicas' | 'config' | 'env' | 'secretEnv'
>;

/** What installing comes to. */
export type Installation =
  | { readonly kind: 'deployment'; readonly deployment: Deployment }
  | { readonly kind: 'agent'; readonly registration: RegisterAgentRequest };

/** @throws INVALID_FIELD where the package does not take what the installer gives, or lacks what it needs. */
export function installationOf(manifest: PackageManifest, digest: string, wishes: InstallerWishes): Installation {
  const violations = new Violations();
  const agentId = wishes.agentId || partsOfName(manifest.name).agent;
  const config = configOf(manifest, wishes, violations);
  checkSecrets(manifest, wishes, violations);
  if (manifest.runtime.case !== 'template') forTemplatesOnly(wishes, violations);
  violations.throwIfAny();
  const { name, version, runtime } = manifest;
  const { namespace } = wishes;
  if (runtime.case === 'template') {
    const template = create(InstanceTemplateSchema, {
      ...runtime.value,
      agentId,
      version,
      env: { ...runtime.value.env, ...wishes.env },
      secretEnv: { ...wishes.secretEnv },
      package: create(PackageReferenceSchema, { name, version, digest }),
    });
    if (config !== undefined) template.config = config;
    const deployment = create(DeploymentSchema, { namespace, deploymentId: agentId, template });
    if (wishes.replicas !== undefined) deployment.replicas = wishes.replicas;
    return { kind: 'deployment', deployment };
  }
  const { description, agentType, capabilities, skills, labels, routing } = manifest;
  const registration = create(RegisterAgentRequestSchema, {
    namespace,
    agentId,
    version,
    name: agentId,
    description,
    agentType,
    capabilities,
    skills,
    protocol: runtime.value?.protocol ?? 0,
    endpoints: runtime.value?.endpoints ?? [],
    labels: {
      ...labels,
      [PACKAGE_LABELS.name]: name,
      [PACKAGE_LABELS.version]: version,
      [PACKAGE_LABELS.digest]: digest,
    },
    // What is installed is the whole agent, and may be an older version than was there.
    replaceVersions: true,
    allowDowngrade: true,
    ...(config === undefined ? {} : { config }),
    ...(routing === undefined ? {} : { routing }),
  });
  return { kind: 'agent', registration };
}

function configOf(
  { runtime, configSchema }: PackageManifest,
  { config }: InstallerWishes,
  violations: Violations,
): JsonObject | undefined {
  const own = runtime.case === 'template' ? runtime.value.config : undefined;
  if (configSchema === undefined) {
    if (config !== undefined)
      violations.add('config', 'leave it out: the package says of no settings that they may change');
    return own;
  }
  const settings: JsonObject = { ...own, ...config };
  const compiled = compileSchema(configSchema);
  if ('reason' in compiled) throw new Error(`a published package has a config_schema that is none: ${compiled.reason}`);
  for (const { pointer, message } of compiled.validate(settings)) {
    violations.add(`config${pointer.replaceAll('/', '.')}`, message, 'SCHEMA_VIOLATION');
  }
  return settings;
}

function checkSecrets({ secrets }: PackageManifest, { secretEnv }: InstallerWishes, violations: Violations): void {
  for (const [variable, purpose] of Object.entries(secrets)) {
    if (!(variable in secretEnv)) {
      violations.add(`secret_env.${variable}`, `name a secret of the executor for it: ${purpose}`, 'REQUIRED');
    }
  }
  for (const variable of Object.keys(secretEnv)) {
    if (!(variable in secrets))
      violations.add(`secret_env.${variable}`, 'leave it out: the package has no such secret');
  }
}

function forTemplatesOnly({ replicas, env }: InstallerWishes, violations: Violations): void {
  const why = 'leave it out: the package starts nothing, its agent answers already';
  if (replicas !== undefined) violations.add('replicas', why);
  if (Object.keys(env).length > 0) violations.add('env', why);
}

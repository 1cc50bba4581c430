import { create, toJson, type JsonObject } from '@bufbuild/protobuf';
import { PackageManifestSchema, type PackageManifest, type PublishPackageRequest } from '@skein/contracts/registry';
import { openPackage } from '@skein/packages';
import type { CatalogueStore } from '../app/catalogue-store.ts';
import { desiredOf } from './deployment-fields.ts';
import { installationOf } from './installation-fields.ts';
import { packageToMessage } from './package-message.ts';
import { registrationOf } from './registration-fields.ts';
import { namespaceOf, structOf, textOf } from './request-fields.ts';
import { Violations } from './violations.ts';

const MAX_MANIFEST_BYTES = 1024 * 1024;
const MAX_DESCRIPTION_LENGTH = 4096;
const MAX_LABELS = 60;
const MAX_CAPABILITIES = 256;
const MAX_CAPABILITY_LENGTH = 128;
const MAX_TYPE_LENGTH = 64;
const MAX_CONFIG_SCHEMA_BYTES = 64 * 1024;
const MAX_SECRETS = 64;

/** CatalogueService.PublishPackage. */
export function publishPackageRpc({ catalogue }: { readonly catalogue: CatalogueStore }) {
  return async (request: PublishPackageRequest) => {
    const violations = new Violations();
    const namespace = namespaceOf(request.namespace, violations);
    if (request.archive.length === 0) violations.add('archive', 'is required', 'REQUIRED');
    violations.throwIfAny();
    const { manifest, digest, signature, fileCount } = await openPackage(request.archive);
    checkManifest(manifest, digest);
    const { name, version, description, agentType, capabilities } = manifest;
    const { record, created } = await catalogue.publish({
      namespace,
      name,
      version,
      manifest: toJson(PackageManifestSchema, manifest) as JsonObject,
      description,
      agentType,
      capabilities,
      digest,
      fileCount,
      keyId: signature?.keyId,
      archive: Buffer.from(request.archive),
    });
    return { package: packageToMessage(record), created };
  };
}

/** Refuses what could never be installed. @throws INVALID_FIELD */
function checkManifest(manifest: PackageManifest, digest: string): void {
  const violations = new Violations();
  textOf('description', manifest.description, MAX_DESCRIPTION_LENGTH, violations);
  textOf('agent_type', manifest.agentType, MAX_TYPE_LENGTH, violations);
  if (manifest.capabilities.length > MAX_CAPABILITIES) {
    violations.add('capabilities', `give at most ${MAX_CAPABILITIES}`);
  }
  for (const capability of manifest.capabilities) {
    textOf('capabilities', capability, MAX_CAPABILITY_LENGTH, violations);
  }
  if (Object.keys(manifest.labels).length > MAX_LABELS) violations.add('labels', `give at most ${MAX_LABELS}`);
  if (Object.keys(manifest.secrets).length > MAX_SECRETS) violations.add('secrets', `give at most ${MAX_SECRETS}`);
  if (manifest.configSchema !== undefined) {
    structOf('config_schema', manifest.configSchema, MAX_CONFIG_SCHEMA_BYTES, violations);
  }
  structOf('agent.yaml', toJson(PackageManifestSchema, manifest) as JsonObject, MAX_MANIFEST_BYTES, violations);
  violations.throwIfAny();
  const { configSchema: _schema, ...rest } = manifest;
  const secretEnv = Object.fromEntries(Object.keys(manifest.secrets).map((variable) => [variable, 'secret']));
  const { replicas } = manifest;
  const wishes = { namespace: '', agentId: '', env: {}, secretEnv, ...(replicas === undefined ? {} : { replicas }) };
  const installation = installationOf(create(PackageManifestSchema, rest), digest, wishes);
  if (installation.kind === 'deployment') desiredOf(installation.deployment);
  else registrationOf(installation.registration);
}

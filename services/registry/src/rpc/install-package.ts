import type { HandlerContext } from '@connectrpc/connect';
import type { JsonObject } from '@bufbuild/protobuf';
import type { InstallPackageRequest, UninstallPackageRequest } from '@skein/contracts/registry';
import { openPackage, PackageSignatureError } from '@skein/packages';
import type { AgentSourceStore } from '../app/agent-source-store.ts';
import { AgentTakenError, NotInstalledError, PackageUntrustedError } from '../app/catalogue-errors.ts';
import type { CatalogueStore } from '../app/catalogue-store.ts';
import type { DeploymentStore } from '../app/deployment-store.ts';
import { AgentListedError } from '../app/registry-errors.ts';
import { registerAgent, type RegisterParts } from '../app/register-agent.ts';
import { whyNotTrusted } from '../domain/install-policy.ts';
import type { PackageRecord } from '../domain/package-record.ts';
import { agentToMessage, type Loads } from './agent-message.ts';
import { desiredOf } from './deployment-fields.ts';
import { deploymentToMessage, templateToMessage } from './deployment-message.ts';
import { installationOf, PACKAGE_LABELS } from './installation-fields.ts';
import { findPackage } from './package-fields.ts';
import { packageToMessage } from './package-message.ts';
import { registrationOf } from './registration-fields.ts';
import { agentKeyOf } from './request-fields.ts';
import { Violations } from './violations.ts';

/** What installing needs. */
export interface InstallParts extends RegisterParts {
  readonly catalogue: CatalogueStore;
  readonly deployments: DeploymentStore;
  readonly loads: Loads;
  readonly sources: Pick<AgentSourceStore, 'sourceOf'>;
}

/** CatalogueService.InstallPackage. */
export function installPackageRpc(parts: InstallParts) {
  return async (request: InstallPackageRequest, context: HandlerContext) => {
    const record = await findPackage(parts.catalogue, request, new Violations());
    const manifest = await verified(parts.catalogue, record, request.allowUntrusted);
    const installation = installationOf(manifest, record.digest, request);
    const shown = packageToMessage(record);
    if (installation.kind === 'agent') {
      const agent = await register(parts, installation.registration, record.name, context.signal);
      return { package: shown, installed: { case: 'agent' as const, value: agentToMessage(agent, parts.loads) } };
    }
    const { key, desired } = desiredOf(installation.deployment);
    const isNew = (await parts.deployments.get(key)) === undefined;
    const { deployment } = await parts.deployments.apply(key, {
      ...desired,
      replicas: desired.replicas ?? (isNew ? manifest.replicas : undefined),
      checkBefore(template: JsonObject) {
        if (templateToMessage(template).package?.name === record.name) return;
        throw new AgentTakenError(key.deploymentId, record.name);
      },
    });
    return { package: shown, installed: { case: 'deployment' as const, value: deploymentToMessage(deployment) } };
  };
}

/** CatalogueService.UninstallPackage. */
export function uninstallPackageRpc({ deployments, store }: InstallParts) {
  return async (request: UninstallPackageRequest) => {
    const key = agentKeyOf(request);
    const deploymentKey = { namespace: key.namespace, deploymentId: key.agentId };
    const deployment = await deployments.get(deploymentKey);
    const source = deployment && templateToMessage(deployment.template).package;
    if (source !== undefined) {
      await deployments.remove(deploymentKey);
      return { package: source };
    }
    const labels = (await store.get(key))?.versions[0].labels ?? {};
    const { [PACKAGE_LABELS.name]: name, [PACKAGE_LABELS.version]: version, [PACKAGE_LABELS.digest]: digest } = labels;
    if (name === undefined || version === undefined || digest === undefined) throw new NotInstalledError(key.agentId);
    await store.remove(key, '');
    return { package: { name, version, digest } };
  };
}

/**
 * What the archive says now: the database is not trusted to have kept it.
 * @throws PackageUntrustedError, PackageSignatureError
 */
async function verified(catalogue: CatalogueStore, record: PackageRecord, allowUntrusted: boolean) {
  const pieces = [];
  for await (const piece of catalogue.archive(record, 0)) pieces.push(piece);
  const { manifest, digest, signature } = await openPackage(Buffer.concat(pieces));
  if (digest !== record.digest || signature?.keyId !== record.keyId) {
    throw new PackageSignatureError(`package ${record.name} ${record.version} is not what was published`);
  }
  const policy = await catalogue.policy(record.namespace);
  const why = whyNotTrusted(record, policy);
  if (why !== undefined && (policy.requireSignature || !allowUntrusted)) throw new PackageUntrustedError(record, why);
  return manifest;
}

async function register(
  parts: InstallParts,
  asked: Parameters<typeof registrationOf>[0],
  packageName: string,
  signal: AbortSignal,
) {
  const registration = registrationOf(asked);
  const { key } = registration;
  const source = await parts.sources.sourceOf(key);
  if (source !== 'REGISTERED') throw new AgentListedError(key, source);
  const before = await parts.store.get(key);
  if (before !== undefined && before.versions[0].labels[PACKAGE_LABELS.name] !== packageName) {
    throw new AgentTakenError(key.agentId, packageName);
  }
  return (await registerAgent(parts, registration, signal)).agent;
}

import { create } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import {
  CatalogueService,
  DeploymentSchema,
  InstallPolicySchema,
  PackageSchema,
  TrustedKeySchema,
  type Package,
  type TrustedKey,
} from '@skein/contracts/registry';
import { timestampOfMs } from '@skein/events';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';
import { FIRST_EVENT_MS } from './fake-events.ts';

/** A catalogue of this process, in which every archive is version 1.0.0 of `acme/greeter`. */
export function fakeCatalogue(): ServiceBinding {
  const name = 'acme/greeter';
  const createdAt = timestampOfMs(FIRST_EVENT_MS);
  const keys = new Map<string, TrustedKey>();
  let archive: Uint8Array | undefined;
  let yanked = false;
  let policy = create(InstallPolicySchema, { namespace: 'default' });
  const find = (asked: string): Package => {
    if (asked === name && archive !== undefined) {
      const manifest = { name, version: '1.0.0', description: 'Greets', capabilities: ['greet'] };
      const rest = {
        digest: 'sha256:0',
        sizeBytes: BigInt(archive.length),
        fileCount: 1,
        yanked,
        publishedAt: createdAt,
      };
      return create(PackageSchema, { namespace: 'default', manifest, ...rest });
    }
    throw skeinError({ reason: 'PACKAGE_NOT_FOUND', code: Code.NotFound, message: `no package ${asked}` });
  };
  return bind(CatalogueService, {
    publishPackage(request) {
      const created = archive === undefined;
      archive = request.archive;
      return { package: find(name), created };
    },
    searchPackages: ({ text }) => ({ packages: name.includes(text) && archive !== undefined ? [find(name)] : [] }),
    getPackage: (request) => ({ package: find(request.name) }),
    listPackageVersions: (request) => ({ packages: [find(request.name)] }),
    async *downloadPackage(request) {
      yield { package: find(request.name) };
      const rest = archive?.subarray(Number(request.offsetBytes)) ?? new Uint8Array();
      yield { data: rest.subarray(0, 4) };
      yield { data: rest.subarray(4) };
    },
    yankPackage(request) {
      yanked = !request.undo;
      return { package: find(request.name) };
    },
    deletePackageVersion(request) {
      const deleted = archive !== undefined && find(request.name).manifest?.version === request.version;
      if (deleted) archive = undefined;
      return { deleted };
    },
    installPackage(request) {
      const template = { agentId: request.agentId || 'greeter', version: '1.0.0', env: request.env };
      const value = create(DeploymentSchema, {
        deploymentId: template.agentId,
        replicas: request.replicas ?? 1,
        template,
      });
      return { package: find(request.name), installed: { case: 'deployment', value } };
    },
    uninstallPackage: () => ({ package: { name, version: '1.0.0', digest: 'sha256:0' } }),
    getInstallPolicy: () => ({ policy }),
    setInstallPolicy({ requireSignature, allowedKeyIds }) {
      policy = create(InstallPolicySchema, { namespace: 'default', requireSignature, allowedKeyIds });
      return { policy };
    },
    trustKey({ publisher, publicKey }) {
      const key = create(TrustedKeySchema, { namespace: 'default', keyId: 'k', publisher, publicKey, createdAt });
      keys.set(key.keyId, key);
      return { key };
    },
    listTrustedKeys: () => ({ keys: [...keys.values()] }),
    distrustKey: ({ keyId }) => ({ removed: keys.delete(keyId) }),
  });
}

import type { ServiceImpl } from '@connectrpc/connect';
import type {
  CatalogueService,
  DeletePackageVersionRequest,
  DistrustKeyRequest,
  DownloadPackageRequest,
  GetPackageRequest,
  ListPackageVersionsRequest,
  ListTrustedKeysRequest,
  SearchPackagesRequest,
  TrustKeyRequest,
  YankPackageRequest,
} from '@skein/contracts/registry';
import { PackageSignatureError, readPublicKey } from '@skein/packages';
import { pageToken, positionOf } from '@skein/rpc';
import { PackageNotFoundError } from '../app/catalogue-errors.ts';
import type { CatalogueStore } from '../app/catalogue-store.ts';
import { newestFirst, type PackageKey } from '../domain/package-record.ts';
import { typedAnswer, typedStream, type OnDefect } from './answer-errors.ts';
import { installPackageRpc, uninstallPackageRpc, type InstallParts } from './install-package.ts';
import { getInstallPolicyRpc, setInstallPolicyRpc } from './install-policy.ts';
import { findPackage, packageKeyOf, publisherOf } from './package-fields.ts';
import { packageToMessage, trustedKeyToMessage } from './package-message.ts';
import { publishPackageRpc } from './publish-package.ts';
import { namespaceOf, pageSizeOf, textOf } from './request-fields.ts';
import { Violations } from './violations.ts';

const MAX_TEXT_LENGTH = 256;

/** What the RPCs of the catalogue are made of. */
export interface CatalogueRpcParts extends InstallParts {
  readonly onDefect: OnDefect;
}

/** skein.registry.v1.CatalogueService. */
export function catalogueService(parts: CatalogueRpcParts): ServiceImpl<typeof CatalogueService> {
  const { catalogue, onDefect } = parts;
  return {
    publishPackage: typedAnswer('PublishPackage', onDefect, publishPackageRpc(parts)),
    searchPackages: typedAnswer('SearchPackages', onDefect, searchPackagesRpc(catalogue)),
    getPackage: typedAnswer('GetPackage', onDefect, async (request: GetPackageRequest) => {
      return { package: packageToMessage(await findPackage(catalogue, request, new Violations())) };
    }),
    listPackageVersions: typedAnswer('ListPackageVersions', onDefect, async (request: ListPackageVersionsRequest) => {
      const violations = new Violations();
      const key = packageKeyOf(request, violations);
      violations.throwIfAny();
      const versions = await catalogue.versions(key);
      if (versions.length === 0) throw new PackageNotFoundError(key);
      return { packages: newestFirst(versions).map(packageToMessage) };
    }),
    downloadPackage: typedStream('DownloadPackage', onDefect, downloadPackageRpc(catalogue)),
    yankPackage: typedAnswer('YankPackage', onDefect, async (request: YankPackageRequest) => {
      const { key, version } = exactVersionOf(request);
      const record = await catalogue.setYanked(key, version, !request.undo);
      if (record === undefined) throw new PackageNotFoundError(key, version);
      return { package: packageToMessage(record) };
    }),
    deletePackageVersion: typedAnswer(
      'DeletePackageVersion',
      onDefect,
      async (request: DeletePackageVersionRequest) => {
        const { key, version } = exactVersionOf(request);
        const deleted = await catalogue.remove(key, version);
        if (deleted === undefined) throw new PackageNotFoundError(key, version);
        return { deleted };
      },
    ),
    installPackage: typedAnswer('InstallPackage', onDefect, installPackageRpc(parts)),
    uninstallPackage: typedAnswer('UninstallPackage', onDefect, uninstallPackageRpc(parts)),
    getInstallPolicy: typedAnswer('GetInstallPolicy', onDefect, getInstallPolicyRpc(catalogue)),
    setInstallPolicy: typedAnswer('SetInstallPolicy', onDefect, setInstallPolicyRpc(catalogue)),
    trustKey: typedAnswer('TrustKey', onDefect, trustKeyRpc(catalogue)),
    listTrustedKeys: typedAnswer('ListTrustedKeys', onDefect, async (request: ListTrustedKeysRequest) => {
      const violations = new Violations();
      const namespace = namespaceOf(request.namespace, violations);
      violations.throwIfAny();
      return { keys: (await catalogue.trustedKeys(namespace)).map(trustedKeyToMessage) };
    }),
    distrustKey: typedAnswer('DistrustKey', onDefect, async (request: DistrustKeyRequest) => {
      const violations = new Violations();
      const namespace = namespaceOf(request.namespace, violations);
      if (request.keyId === '') violations.add('key_id', 'is required', 'REQUIRED');
      textOf('key_id', request.keyId, MAX_TEXT_LENGTH, violations);
      violations.throwIfAny();
      return { removed: await catalogue.distrust(namespace, request.keyId) };
    }),
  };
}

/** @throws INVALID_FIELD */
function exactVersionOf(request: PackageKey & { readonly version: string }) {
  const violations = new Violations();
  const key = packageKeyOf(request, violations);
  if (request.version === '') violations.add('version', 'is required', 'REQUIRED');
  const version = textOf('version', request.version, MAX_TEXT_LENGTH, violations);
  violations.throwIfAny();
  return { key, version };
}

function searchPackagesRpc(catalogue: CatalogueStore) {
  return async (request: SearchPackagesRequest) => {
    const violations = new Violations();
    const namespace = namespaceOf(request.namespace, violations);
    const limit = pageSizeOf(request.pageSize, violations);
    const text = textOf('text', request.text, MAX_TEXT_LENGTH, violations);
    const capability = textOf('capability', request.capability, MAX_TEXT_LENGTH, violations);
    const agentType = textOf('agent_type', request.agentType, MAX_TEXT_LENGTH, violations);
    const publisher = request.publisher === '' ? '' : publisherOf(request.publisher, violations);
    violations.throwIfAny();
    // Of this search alone: with another one the token says so.
    const list = JSON.stringify(['packages', namespace, text, capability, agentType, publisher]);
    const afterName = positionOf(list, request.pageToken) ?? '';
    const search = { namespace, text, capability, agentType, publisher, afterName, limit: limit + 1 };
    const found = await catalogue.search(search);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const nextPageToken = found.length > limit && last !== undefined ? pageToken(list, last.name) : '';
    return { packages: page.map(packageToMessage), nextPageToken };
  };
}

function downloadPackageRpc(catalogue: CatalogueStore) {
  return async function* (request: DownloadPackageRequest) {
    const record = await findPackage(catalogue, request, new Violations());
    if (request.digest !== '' && request.digest !== record.digest) {
      throw new PackageNotFoundError(record, `${record.version} with digest ${request.digest}`);
    }
    const offsetBytes = Number(request.offsetBytes);
    if (offsetBytes < 0 || offsetBytes > record.sizeBytes) {
      const violations = new Violations();
      violations.add('offset_bytes', `give 0 to ${record.sizeBytes}`);
      violations.throwIfAny();
    }
    yield { package: packageToMessage(record) };
    for await (const data of catalogue.archive(record, offsetBytes)) yield { data };
  };
}

function trustKeyRpc(catalogue: CatalogueStore) {
  return async (request: TrustKeyRequest) => {
    const violations = new Violations();
    const namespace = namespaceOf(request.namespace, violations);
    const publisher = publisherOf(request.publisher, violations);
    const key = publicKeyIn(request.publicKey, violations);
    violations.throwIfAny();
    return { key: trustedKeyToMessage(await catalogue.trust({ namespace, publisher, ...key })) };
  };
}

function publicKeyIn(pem: string, violations: Violations) {
  try {
    return readPublicKey(pem);
  } catch (error) {
    if (!(error instanceof PackageSignatureError)) throw error;
    violations.add('public_key', `give an Ed25519 public key as PEM: ${error.message}`);
    return { keyId: '', publicKey: '' };
  }
}

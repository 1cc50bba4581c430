import { create } from '@bufbuild/protobuf';
import {
  InstallPolicySchema,
  type GetInstallPolicyRequest,
  type SetInstallPolicyRequest,
} from '@skein/contracts/registry';
import { timestampOfMs } from '@skein/events';
import type { CatalogueStore } from '../app/catalogue-store.ts';
import type { InstallPolicyRecord } from '../domain/install-policy.ts';
import { namespaceOf } from './request-fields.ts';
import { Violations } from './violations.ts';

const MAX_KEYS = 100;
const KEY_ID = /^[0-9a-f]{32}$/;

/** CatalogueService.GetInstallPolicy. */
export function getInstallPolicyRpc(catalogue: CatalogueStore) {
  return async (request: GetInstallPolicyRequest) => {
    const violations = new Violations();
    const namespace = namespaceOf(request.namespace, violations);
    violations.throwIfAny();
    return { policy: toMessage(await catalogue.policy(namespace)) };
  };
}

/** CatalogueService.SetInstallPolicy. */
export function setInstallPolicyRpc(catalogue: CatalogueStore) {
  return async (request: SetInstallPolicyRequest) => {
    const violations = new Violations();
    const namespace = namespaceOf(request.namespace, violations);
    const { requireSignature, allowedKeyIds } = request;
    if (allowedKeyIds.length > MAX_KEYS) violations.add('allowed_key_ids', `give at most ${MAX_KEYS}`);
    for (const [index, keyId] of allowedKeyIds.entries()) {
      if (!KEY_ID.test(keyId))
        violations.add(`allowed_key_ids[${index}]`, 'give the 32 hexadecimal digits of a key id');
    }
    violations.throwIfAny();
    const policy = { requireSignature, allowedKeyIds: [...new Set(allowedKeyIds)].toSorted() };
    return { policy: toMessage(await catalogue.setPolicy(namespace, policy)) };
  };
}

function toMessage({ namespace, requireSignature, allowedKeyIds, updatedAtMs }: InstallPolicyRecord) {
  return create(InstallPolicySchema, {
    namespace,
    requireSignature,
    allowedKeyIds: [...allowedKeyIds],
    ...(updatedAtMs === undefined ? {} : { updatedAt: timestampOfMs(updatedAtMs) }),
  });
}

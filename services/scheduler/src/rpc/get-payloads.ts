import { create } from '@bufbuild/protobuf';
import type { MethodImpl } from '@connectrpc/connect';
import { GetPayloadsResponseSchema, type TaskService } from '@skein/contracts/scheduler';
import { runNotFound } from '../app/find-run.ts';
import { invalidField, namespaceOf, runIdOf } from './request-fields.ts';
import type { TaskRpcParts } from './task-service.ts';

/** So that an answer fits into a message. */
const MAX_DIGESTS = 8;
const DIGEST_BYTES = 32;

/** TaskService.GetPayloads. Answered from the store, so that any scheduler can. */
export function getPayloadsRpc(parts: TaskRpcParts): MethodImpl<typeof TaskService.method.getPayloads> {
  return async (request) => {
    const namespace = namespaceOf(request.namespace);
    const runId = runIdOf(request.runId);
    const { digests } = request;
    if (digests.length < 1 || digests.length > MAX_DIGESTS) throw invalidField('digests', `give 1 to ${MAX_DIGESTS}`);
    if (digests.some(({ byteLength }) => byteLength !== DIGEST_BYTES)) throw invalidField('digests', 'give SHA-256s');
    const run = await parts.store.runRow(runId);
    if (run === undefined || run.namespace !== namespace) throw runNotFound(namespace, runId);
    const found = await parts.store.payloads(
      runId,
      digests.map((digest) => Buffer.from(digest).toString('hex')),
    );
    return create(GetPayloadsResponseSchema, {
      payloads: found.map(({ digest, json }) => ({
        digest: Buffer.from(digest, 'hex'),
        json: json as Uint8Array<ArrayBuffer>,
      })),
    });
  };
}

import type { MethodImpl } from '@connectrpc/connect';
import type { RunService } from '@skein/contracts/scheduler';
import { payloadDigest, promptDigest, promptOf, promptSize } from '@skein/domain';
import { valueOfJson } from '@skein/events';
import { findRun } from '../app/find-run.ts';
import { nodeInputOf, type GivenInput } from '../app/node-input-of.ts';
import { namespaceOf, required, runIdOf } from './request-fields.ts';
import type { RunRpcParts } from './run-service.ts';

/** RunService.GetNodeInput. Any scheduler can answer: what a node was given never changes. */
export function getNodeInputRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.getNodeInput> {
  return async (request) => {
    const nodeId = required('node_id', request.nodeId);
    const found = await findRun(parts, namespaceOf(request.namespace), runIdOf(request.runId));
    const given = nodeInputOf(found, nodeId, request.attempt);
    return { nodeInput: inputToMessage(nodeId, given) };
  };
}

function inputToMessage(nodeId: string, given: GivenInput) {
  return {
    nodeId,
    attempt: given.attempt,
    input: valueOfJson(given.payload.value),
    inputDigest: payloadDigest(given.payload) as Uint8Array<ArrayBuffer>,
    inputSeqs: given.fromSeqs.map(BigInt),
    ...promptFields(given),
  };
}

function promptFields({ node, payload }: GivenInput) {
  const prompt = node.work.kind === 'llm' ? promptOf(payload.value) : undefined;
  if (prompt === undefined) return {};
  const digest = promptDigest(prompt) as Uint8Array<ArrayBuffer>;
  return { promptDigest: digest, promptSizeBytes: BigInt(promptSize(prompt).sizeBytes) };
}

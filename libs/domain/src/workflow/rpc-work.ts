/** The nodes that call methods of rpc services: how they are compiled, and what their tasks are given. */
import type { ExpressionEnv } from '../expression/expression.ts';
import { isJsonObject, type JsonObject, type JsonValue, setOwn, textOf } from '../expression/json.ts';
import type { References } from '../expression/references.ts';
import type { Scope } from '../expression/scope.ts';
import { templateIn } from './compile-part.ts';
import type { RpcNode } from './definition.ts';
import type { RpcWork } from './plan.ts';
import type { DocumentPath, ProblemList } from './problem-list.ts';

/** What metadata is called on the wire; those of the protocols themselves are not for anybody to set. */
const KEY = /^[a-z][a-z0-9_.-]{0,127}$/;
const RESERVED =
  /^(grpc-|connect-|content-|accept|host$|te$|connection$|user-agent$|idempotency-key$|traceparent$)|-bin$/;

/** Compiles an rpc node's work. */
export function rpcWork(
  node: RpcNode,
  at: DocumentPath,
  env: ExpressionEnv,
  problems: ProblemList,
): { readonly work: RpcWork; readonly references: readonly (References | undefined)[] } {
  const place = [...at, 'request_metadata'];
  for (const key of Object.keys(node.request_metadata ?? {})) {
    if (KEY.test(key) && !RESERVED.test(key)) continue;
    problems.add({
      at: [...place, key],
      code: 'BAD_VALUE',
      message: `\`${key}\` is no key of metadata that a node may set`,
      mend: 'give lower-case letters, digits, "_", "." and "-"; not the names of the protocol, nor one that ends in -bin',
    });
  }
  const metadata = templateIn(node.request_metadata, place, env, problems);
  const work: RpcWork = { kind: 'rpc', serviceId: node.service_id, method: node.method, metadata };
  return { work, references: [metadata?.references] };
}

/** The request of an rpc node: its input as the message, null standing for an empty one; and the metadata as texts. */
export function resolveRpcRequest(work: RpcWork, scope: Scope, input: () => JsonValue): JsonValue {
  const message = input() ?? {};
  const metadata = work.metadata?.evaluate(scope);
  return isJsonObject(metadata) ? { message, metadata: texts(metadata) } : { message };
}

function texts(metadata: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(metadata)) setOwn(result, key, textOf(value));
  return result;
}

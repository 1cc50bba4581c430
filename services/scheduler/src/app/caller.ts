import { Code } from '@connectrpc/connect';
import { MAX_DEPTH, needsDispatch, type ParentLink, type RunState } from '@skein/domain';
import { skeinError } from '@skein/rpc';
import type { RunEngine } from './run-engine.ts';
import type { RunTokenClaims, RunTokens } from './run-token.ts';

/** A run whose agent starts another one. */
export interface Caller {
  readonly state: RunState;
  readonly link: ParentLink;
}

/** The attempt that a token is of. @throws RUN_TOKEN_INVALID */
export function claimsOf(tokens: RunTokens, token: string, namespace: string): RunTokenClaims {
  const claims = tokens.read(token);
  if (claims?.namespace === namespace) return claims;
  throw skeinError({
    reason: 'RUN_TOKEN_INVALID',
    code: Code.PermissionDenied,
    message:
      claims === undefined ? 'the run token was not made by this platform' : 'the run token is of another namespace',
    place: 'run_token',
    remedy: 'give the run_token and the namespace of the InvokeRequest as they came, or leave the token out',
  });
}

/** The run of an attempt that is at work. @throws RUN_TOKEN_EXPIRED, INVALID_FIELD, RunElsewhereError */
export async function callerOf(engine: Pick<RunEngine, 'adopt'>, claims: RunTokenClaims): Promise<Caller> {
  const { runId, nodeId, attempt } = claims;
  const state = (await engine.adopt(runId))?.state;
  const node = state?.nodes.get(nodeId);
  if (state === undefined || node?.attempt !== attempt || !needsDispatch(node)) throw expired(claims);
  const depth = (state.parent?.depth ?? 0) + 1;
  if (depth > MAX_DEPTH) throw tooDeep();
  return { state, link: { runId, nodeId, attempt, index: 0, depth, called: true } };
}

function expired({ runId, nodeId, attempt }: RunTokenClaims) {
  return skeinError({
    reason: 'RUN_TOKEN_EXPIRED',
    code: Code.FailedPrecondition,
    message: `attempt ${attempt} of node ${nodeId} of run ${runId} is over: nobody waits for what its agent starts`,
    place: 'run_token',
    remedy: 'stop the work that the token came with; start without a token what is to go on by itself',
  });
}

function tooDeep() {
  return skeinError({
    reason: 'INVALID_FIELD',
    code: Code.InvalidArgument,
    message: `child runs are nested more than ${MAX_DEPTH} deep`,
    place: 'run_token',
    remedy: 'call fewer agents through one another, or start the run without a token',
  });
}

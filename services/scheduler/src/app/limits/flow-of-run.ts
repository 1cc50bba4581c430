import { Code } from '@connectrpc/connect';
import { FlowError, runFlow, type Plan, type RunFlow, type StartRun } from '@skein/domain';
import { skeinError } from '@skein/rpc';
import type { LimitLookUp } from './call-limit.ts';

/** What a caller asks for instead of what the definition says. Undefined: nothing. */
export interface FlowOverrides {
  readonly priority?: number | undefined;
  readonly fairnessKey?: string | undefined;
}

/**
 * The flow control of a run that is to begin; undefined where there is none.
 * @throws FlowError
 */
export function flowOfStart(
  limits: LimitLookUp,
  plan: Plan,
  namespace: string,
  command: StartRun,
  overrides: FlowOverrides = {},
  parent?: { readonly flow: RunFlow | undefined },
): RunFlow | undefined {
  return runFlow(plan, {
    namespace,
    workflowVersion: command.workflowVersion,
    input: command.input.value,
    sessionId: command.sessionId,
    isLimited: (key) => limits.isLimited(namespace, key),
    isBody: (command.bodyPath ?? '') !== '',
    parent,
    ...overrides,
  });
}

/** The answer to a start whose input the workflow's flow control cannot work with; anything else as it is. */
export function flowRefused(error: unknown, plan: Plan): unknown {
  if (!(error instanceof FlowError)) return error;
  return skeinError({
    reason: 'LIMIT_KEY_INVALID',
    code: Code.InvalidArgument,
    message: `${error.place} of workflow ${plan.workflowId} does not work on this input: ${error.message}`,
    place: 'input',
    remedy: 'give the input what the expression reads, or require it in input_schema',
    cause: error,
  });
}

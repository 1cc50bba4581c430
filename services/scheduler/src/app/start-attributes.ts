import { Code } from '@connectrpc/connect';
import {
  checkedSearchAttributes,
  resolveSearchAttributes,
  SearchAttributeError,
  type JsonValue,
  type Plan,
  type SearchAttributes,
} from '@skein/domain';
import { skeinError } from '@skein/rpc';

/** The run that attributes are made for. */
export interface AttributedRun {
  readonly namespace: string;
  readonly runId: string;
  readonly plan: Plan;
  readonly version: number;
  readonly sessionId: string;
  readonly input: JsonValue;
}

/**
 * What a run is found by: what it inherits, under what its workflow makes of the input, under what the caller gives.
 * @throws SearchAttributeError
 */
export function startAttributes(
  { namespace, runId, plan, version, sessionId, input }: AttributedRun,
  inherited: SearchAttributes,
  given: SearchAttributes,
): SearchAttributes {
  const { workflowId } = plan;
  const run = { id: runId, workflow_id: workflowId, workflow_version: version, namespace, session_id: sessionId };
  const made = resolveSearchAttributes(plan, input, run);
  return checkedSearchAttributes({ ...inherited, ...made, ...given });
}

/** Attributes of a request. @throws INVALID_FIELD */
export function requestedAttributes(make: () => SearchAttributes): SearchAttributes {
  try {
    return checkedSearchAttributes(make());
  } catch (error) {
    throw error instanceof SearchAttributeError ? invalidSearchAttribute(error) : error;
  }
}

/** Attributes that may not be. */
export function invalidSearchAttribute({ attribute, message }: SearchAttributeError) {
  const field = attribute === '' ? 'search_attributes' : `search_attributes.${attribute}`;
  return skeinError({
    reason: 'INVALID_FIELD',
    code: Code.InvalidArgument,
    message: `${field}: ${message}`,
    place: field,
    remedy: 'give another value, or correct `search_attributes` of the workflow',
    violations: [{ field, description: message, reason: 'INVALID_VALUE' }],
  });
}

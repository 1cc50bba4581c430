import type { MessageInitShape } from '@bufbuild/protobuf';
import { ProblemSeverity, type WorkflowProblemSchema, type WorkflowVersionSchema } from '@skein/contracts/scheduler';
import { definitionJson, type JsonObject, type Problem, type WorkflowDefinition } from '@skein/domain';
import { timestampOfMs } from '@skein/events';
import type { WorkflowRow } from '../app/workflow-store.ts';
import { invalidField } from './request-fields.ts';

type ProtoObject = NonNullable<MessageInitShape<typeof WorkflowVersionSchema>['definition']>;

/** A version as lists show it, or with its definition. */
export function workflowToMessage(
  row: WorkflowRow,
  definition?: WorkflowDefinition,
): MessageInitShape<typeof WorkflowVersionSchema> {
  const { createdAtMs, deprecatedAtMs, ...fields } = row;
  return {
    ...fields,
    ...(deprecatedAtMs === undefined ? {} : { deprecatedAt: timestampOfMs(deprecatedAtMs) }),
    createdAt: timestampOfMs(createdAtMs),
    ...(definition === undefined ? {} : { definition: definitionToObject(definition) }),
  };
}

/** A definition as the wire has it. */
export function definitionToObject(definition: WorkflowDefinition): ProtoObject {
  return definitionJson(definition) as ProtoObject;
}

export function problemToMessage(problem: Problem): MessageInitShape<typeof WorkflowProblemSchema> {
  const { code, path, message, mend = '', line = 0, column = 0 } = problem;
  const severity = problem.severity === 'error' ? ProblemSeverity.ERROR : ProblemSeverity.WARNING;
  return { severity, code, path, message, remedy: mend, line, column };
}

/** The definition that a request holds, as text or as an object. */
export function sourceOf(definition: {
  readonly case?: string | undefined;
  readonly value?: unknown;
}): string | JsonObject {
  if (definition.case === 'source') return definition.value as string;
  if (definition.case === 'object') return definition.value as JsonObject;
  throw invalidField('definition', 'give source or object', 'REQUIRED');
}

import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  ProblemSeverity,
  type ApplyWorkflowRequest,
  type WorkflowProblemSchema,
  type WorkflowVersionSchema,
} from '@skein/contracts/scheduler';
import type { WorkflowDefinition as DefinitionMessage } from '@skein/contracts/workflow';
import { definitionJson, type JsonObject, type Problem, type WorkflowDefinition } from '@skein/domain';
import { documentOfMessage, timestampOfMs } from '@skein/events';
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

/** The definition that a request holds: as text, as an object, or the document of a message. */
export function sourceOf(definition: ApplyWorkflowRequest['definition']): string | JsonObject {
  switch (definition.case) {
    case 'source':
      return definition.value;
    case 'object':
      return definition.value;
    case 'typed':
      return documentOf(definition.value, 'typed');
    default:
      throw invalidField('definition', 'give source, object or typed', 'REQUIRED');
  }
}

/** The document of a definition in a field of a request. */
export function documentOf(definition: DefinitionMessage, field: string): JsonObject {
  try {
    return documentOfMessage(definition);
  } catch (error) {
    throw invalidField(field, `give finite numbers: ${error instanceof Error ? error.message : String(error)}`);
  }
}

// Generated types of `skein.workflow.v1`.
export * from './gen/skein/workflow/v1/workflow_definition_pb.ts';

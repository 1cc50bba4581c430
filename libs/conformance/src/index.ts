export { GRPC_RULES } from './grpc/grpc-rules.ts';
export { GrpcSubject, type GrpcSubjectOptions } from './grpc/grpc-subject.ts';
export { checkRules, type Finding, type Rule, type RuleReport } from './rule.ts';
export { FakeExecutor } from './worker/fake-executor.ts';
export { WORKER_RULES } from './worker/worker-rules.ts';
export { WorkerSubject, type WorkerSubjectOptions } from './worker/worker-subject.ts';
export { PROCESS_RULES } from './http-process/process-rules.ts';
export { ProcessSubject, type ProcessSubjectOptions } from './http-process/process-subject.ts';

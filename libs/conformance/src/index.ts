export { GRPC_RULES } from './grpc/grpc-rules.ts';
export { GrpcSubject, type GrpcSubjectOptions } from './grpc/grpc-subject.ts';
export { checkRules, type Finding, type Rule, type RuleReport } from './rule.ts';

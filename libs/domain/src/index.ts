export { compileCondition, type Condition, type ConditionResult } from './expression/condition.ts';
export { ExpressionError, type ExpressionErrorCode, type ExpressionErrorDetail } from './expression/errors.ts';
export { compileExpression, type Expression, type ExpressionEnv } from './expression/expression.ts';
export { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './expression/json.ts';
export { escapeTemplate } from './expression/escape-template.ts';
export { EXPRESSION_LIMITS } from './expression/limits.ts';
export { NodeNames } from './expression/node-names.ts';
export type { References } from './expression/references.ts';
export { didYouMean } from './expression/suggestion.ts';
export { SCOPE_NAMES, type Scope, type ScopeName } from './expression/scope.ts';
export { compileTemplate, type Template } from './expression/template.ts';
export { MIN_RATE_MS, type FlowPlan, type LimitRule, type RateLimit } from './workflow/compile-flow.ts';
export type {
  ConcurrencyDefinition,
  FairnessDefinition,
  FlowDefinition,
  LimitScope,
  RateDefinition,
} from './workflow/flow-definition.ts';
export {
  DEFAULT_FLOW,
  FlowError,
  MAX_KEY_VALUE_CHARS,
  NAMESPACE_KEY,
  runFlow,
  workflowKey,
  type FlowFacts,
  type LimitClaim,
  type RunFlow,
} from './run/run-flow.ts';
export { GRAPH_LIMITS } from './workflow/check-graph.ts';
export { chooseEdges, type EdgeChoice, type MissingPath } from './workflow/choose-edges.ts';
export { analyzeWorkflow, compileWorkflow, validateWorkflow, type WorkflowAnalysis } from './workflow/compile-plan.ts';
export { canonicalJson } from './workflow/canonical-json.ts';
export type {
  AgentNode,
  ApprovalNode,
  BodyDefinition,
  Branch,
  ContextBudget,
  CompensationDefinition,
  DecisionNode,
  Delivery,
  EdgeDefinition,
  EdgeOutcome,
  Join,
  JsonSchema,
  LlmNode,
  LoopNode,
  MapNode,
  Merge,
  NodeBase,
  NodeDefaults,
  NodeDefinition,
  NodeType,
  OnError,
  OnItemError,
  PassNode,
  RetryDefinition,
  RpcNode,
  ToolNode,
  SignalNode,
  SubworkflowNode,
  TimeoutsDefinition,
  TransformNode,
  WaitNode,
  WorkflowDefinition,
} from './workflow/definition.ts';
export { diffWorkflows, type ChangedPart, type WorkflowChange } from './workflow/diff.ts';
export { workflowSchema } from './workflow/definition-schema.ts';
export { DIALECTS, type Dialect } from './workflow/dialect/dialect.ts';
export { definitionJson, digestOf } from './workflow/digest.ts';
export { MAX_DURATION_MS, parseDurationMs } from './workflow/duration.ts';
export {
  agentDefinition,
  type AgentRunSettings,
  llmDefinition,
  type LlmRunSettings,
  toolDefinition,
} from './workflow/implicit.ts';
export { type ParsedWorkflow, type ParseOptions, parseWorkflow } from './workflow/parse.ts';
export { POLICY_DEFAULTS } from './workflow/policies.ts';
export {
  InvalidWorkflowError,
  MAX_PROBLEMS,
  type Problem,
  type ProblemCode,
  type Severity,
} from './workflow/problem.ts';
export { estimateTokens, promptDigest, promptOf, promptSize } from './workflow/prompt.ts';
export type { LlmPrompt, PromptPart, PromptSize } from './workflow/prompt.ts';
export { readStructuredAnswer, repairRequest, violationText } from './workflow/structured-answer.ts';
export type { StructuredAnswer } from './workflow/structured-answer.ts';
export { localOutput, resolveInput } from './workflow/resolve-input.ts';
export { SOURCE_LIMITS } from './workflow/source/extent.ts';
export { resolveOutput } from './workflow/resolve-output.ts';
export { resolveSearchAttributes } from './workflow/resolve-search-attributes.ts';
export { compileSchema, type SchemaCompilation, type SchemaFault, type Validate } from './workflow/schema-validator.ts';
export { bodyPathOf, planAt } from './workflow/plan-at.ts';
export { compensatedId, compensationId } from './workflow/compensation-id.ts';
export type {
  AgentWork,
  ApprovalWork,
  ChildWork,
  LlmRequest,
  LlmWork,
  LocalWork,
  LoopWork,
  MapWork,
  NodeWork,
  Plan,
  PlanEdge,
  PlanNode,
  RetryPolicy,
  RpcRequest,
  RpcWork,
  ToolWork,
  SchemaViolation,
  SignalWork,
  SubworkflowWork,
  TaskWork,
  TimeoutPolicy,
  WaitingWork,
  WaitWork,
  Ways,
} from './workflow/plan.ts';
export { MAX_DEPTH, MAX_ITEMS } from './run/begin-attempt.ts';
export { childRunId, type ChildPlace } from './run/child-run-id.ts';
export { noChildren, type Children } from './run/children.ts';
export type {
  AdmitRun,
  CallFacts,
  ChildEnded,
  StartRun,
  ForkSource,
  PromptFacts,
  ReusableResult,
  RunCommand,
  TaskEnded,
  TaskStarted,
  TimeoutKind,
} from './run/command.ts';
export { decide, MAX_DISPATCHES, type Decision } from './run/decide.ts';
export type {
  CallOutcome,
  DispatchKey,
  InvokeTarget,
  Question,
  LlmPromptRecord,
  LossReason,
  OutputHolder,
  RpcCallDone,
  ToolCallDone,
  ForkOrigin,
  ParentLink,
  RunEvent,
  SkipReason,
  TokenUsage,
} from './run/event.ts';
export { evolve, isLimited, type EventPlace, type RunIdentity } from './run/evolve.ts';
export { finalFailure, type Failure } from './run/failure.ts';
export { BrokenHistoryError, foldHistory, HistoryFold, type HistoryEvent } from './run/history.ts';
export { NodeTable } from './run/node-table.ts';
export { nodeInput, payloadDigest, type NodeInput } from './run/node-input.ts';
export { childInput, openChildren, type OpenChild } from './run/open-children.ts';
export { MAX_PAYLOAD_BYTES, Payload, samePayload } from './run/payload.ts';
export { MAX_DIVERGENCES, replay, type Divergence, type DivergenceCode, type ReplayResult } from './run/replay.ts';
export { plainFields } from './run/replay-compare.ts';
export {
  type Answer,
  type ApprovalWait,
  isFinal,
  isHeldBack,
  isTerminal,
  isWaiting,
  type KeptSignal,
  needsDispatch,
  type NodeRun,
  type NodeStatus,
  type Pause,
  type RunState,
  type RunStatus,
  type Wait,
} from './run/state.ts';
export {
  checkedSearchAttributes,
  isSearchAttributeName,
  isTexts,
  SEARCH_ATTRIBUTE_LIMITS,
  searchAttributeJson,
  SearchAttributeError,
  searchAttributeOf,
  type SearchAttribute,
  type SearchAttributes,
} from './run/search-attributes.ts';
export { MEMO_LIMITS, memoProblem } from './run/memo.ts';
export { instantMs } from './run/instant.ts';
export { nextTimerMs } from './run/timers.ts';
export { findPlanNode, type Moment } from './run/turn.ts';

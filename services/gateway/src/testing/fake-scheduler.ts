import { create, type JsonObject } from '@bufbuild/protobuf';
import { Code, type HandlerContext } from '@connectrpc/connect';
import { ForkOriginSchema } from '@skein/contracts/event';
import {
  ApprovalService,
  ApprovalState,
  type BulkRunsRequest,
  type CountRunsRequest,
  type ImportRunRequest,
  type GetRunRequest,
  type ListRunsRequest,
  RunSchema,
  RunService,
  RunState,
  WorkflowChangeKind,
  WorkflowPart,
  WorkflowService,
  type Approval,
  type ForkRunRequest,
  type ProvideInputRequest,
  type Run,
  type SignalRunRequest,
  type StartRunRequest,
  type WorkflowVersion,
  WorkflowVersionSchema,
} from '@skein/contracts/scheduler';
import { msOfDuration, timestampOfMs, valueOfJson } from '@skein/events';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';
import { v7 as uuidv7 } from 'uuid';
import type { FakeEvents } from './fake-events.ts';
import { FIRST_EVENT_MS } from './fake-events.ts';

/** A run of this workflow stays open until the test ends it; every other answers its input at once. */
export const SLOW_WORKFLOW = 'slow';

/**
 * A scheduler without durability: the contract's rules as far as the edge can see them.
 */
export class FakeScheduler {
  readonly #events: FakeEvents;
  readonly #workflows = new Map<string, WorkflowVersion[]>();
  readonly #runs = new Map<string, Run>();
  readonly #byRequestId = new Map<string, Run>();
  #changed = Promise.withResolvers<void>();
  /** Starts as they came in, with their contexts. */
  readonly starts: { readonly request: StartRunRequest; readonly context: HandlerContext }[] = [];

  /** Signals as they came in. */
  readonly signals: {
    readonly runId: string;
    readonly signalName: string;
    readonly signalId: string;
    readonly payload: SignalRunRequest['payload'];
  }[] = [];
  /** Forks as they were asked for. */
  readonly forks: ForkRunRequest[] = [];
  /** What people are asked. */
  readonly approvals: Approval[] = [];
  /** Imports as they came in. */
  readonly imports: ImportRunRequest[] = [];
  readonly counts: CountRunsRequest[] = [];
  readonly lists: ListRunsRequest[] = [];
  readonly bulks: BulkRunsRequest[] = [];
  readonly gets: GetRunRequest[] = [];

  constructor(events: FakeEvents) {
    this.#events = events;
  }

  /** Ends a run that is open. */
  finish(runId: string, output: JsonObject): void {
    const run = this.#find(runId);
    run.state = RunState.DONE;
    run.output = valueOfJson(output);
    run.endedAt = timestampOfMs(FIRST_EVENT_MS + 5000);
    this.#events.append(runId, { case: 'runDone', value: { $typeName: 'skein.event.v1.RunDone', outputSeq: 0n } });
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** What agents' questions were answered with. */
  readonly answers: ProvideInputRequest[] = [];

  readonly bindings: readonly ServiceBinding[] = [
    bind(RunService, {
      startRun: async (request, context) => {
        this.starts.push({ request, context });
        const earlier = this.#byRequestId.get(request.requestId);
        const run = earlier ?? this.#start(request);
        if (request.requestId !== '') this.#byRequestId.set(request.requestId, run);
        await this.#ended(run, msOfDuration(request.waitTimeout) ?? 0, context.signal);
        return { run, created: earlier === undefined };
      },
      awaitRun: async ({ runId, timeout }, { signal }) => {
        const run = this.#find(runId);
        await this.#ended(run, msOfDuration(timeout) ?? 60_000, signal);
        return { run };
      },
      getRun: (request) => {
        this.gets.push(request);
        return { run: this.#find(request.runId) };
      },
      provideInput: (request) => {
        this.answers.push(request);
        return { run: this.#find(request.runId) };
      },
      getNodeInput: ({ runId, nodeId, attempt }) => {
        const { input } = this.#find(runId);
        const digests = { inputDigest: Uint8Array.of(0xab), promptDigest: Uint8Array.of(0xcd), promptSizeBytes: 3n };
        const nodeInput = { nodeId, attempt: attempt || 2, input: input ?? valueOfJson(null), inputSeqs: [1n] };
        return { nodeInput: { ...nodeInput, ...digests } };
      },
      countRuns: (request) => {
        this.counts.push(request);
        const count = BigInt(this.#runs.size);
        return { count, groups: request.groupBy === '' ? [] : [{ value: 'DONE', count }] };
      },
      bulkRuns: async function* (this: FakeScheduler, request: BulkRunsRequest) {
        this.bulks.push(request);
        const { dryRun } = request;
        yield { matched: 2n, finished: dryRun };
        if (!dryRun) yield { matched: 2n, done: 2n, lastRunId: uuidv7(), finished: true };
      }.bind(this),
      listRuns: (request) => {
        this.lists.push(request);
        const { workflowId, states, labels, pageSize, pageToken } = request;
        const matching = [...this.#runs.values()]
          .toReversed()
          .filter(
            (run) =>
              (workflowId === '' || run.workflowId === workflowId) &&
              (states.length === 0 || states.includes(run.state)) &&
              Object.entries(labels).every(([key, value]) => run.labels[key] === value),
          );
        const from = Number(pageToken || 0);
        const runs = matching.slice(from, from + (pageSize || 100));
        const next = from + runs.length;
        return {
          runs: runs.map((run) => ({ ...run, nodes: [], input: undefined, output: undefined })),
          nextPageToken: next < matching.length ? String(next) : '',
        };
      },
      cancelRun: ({ runId, reason }) => {
        const run = this.#moved(runId, RunState.CANCELLED);
        this.#events.append(runId, {
          case: 'runCancelled',
          value: { $typeName: 'skein.event.v1.RunCancelled', reason },
        });
        return { run };
      },
      importRun: (request) => {
        this.imports.push(request);
        const runId = request.events[0]?.runId ?? '';
        const run = create(RunSchema, { namespace: request.namespace, runId, state: RunState.DONE });
        this.#runs.set(runId, run);
        return { run };
      },
      deleteRun: ({ runId }) => {
        this.#find(runId);
        this.#runs.delete(runId);
        return {};
      },
      terminateRun: ({ runId, reason }) => {
        const run = this.#moved(runId, RunState.TERMINATED);
        this.#events.append(runId, {
          case: 'runTerminated',
          value: { $typeName: 'skein.event.v1.RunTerminated', reason },
        });
        return { run };
      },
      pauseRun: ({ runId, reason }) => {
        const run = this.#moved(runId, RunState.PAUSED);
        run.pauseReason = reason;
        return { run };
      },
      resumeRun: ({ runId }) => ({ run: this.#moved(runId, RunState.RUNNING) }),
      signalRun: ({ target, signalName, payload, signalId }) => {
        const isStart = target.case === 'start';
        const run = isStart ? this.#start(target.value) : this.#find(target.value ?? '');
        this.signals.push({ runId: run.runId, signalName, signalId, payload });
        return { run, created: isStart };
      },
      forkRun: (request) => {
        this.forks.push(request);
        return { run: this.#forkOf(request.runId), created: true };
      },
      retryRun: ({ runId }) => ({ run: this.#forkOf(runId), created: true }),
    }),
    bind(ApprovalService, {
      listApprovals: ({ states, approver }) => ({
        approvals: this.approvals.filter(
          (it) =>
            (states.length === 0 ? [ApprovalState.OPEN] : states).includes(it.state) &&
            (approver === '' || it.approvers.length === 0 || it.approvers.includes(approver)),
        ),
      }),
      getApproval: ({ runId, nodeId }) => ({ approval: this.#approval(runId, nodeId) }),
      decideApproval: ({ runId, nodeId, approved, decidedBy, comment }) => {
        const approval = this.#approval(runId, nodeId);
        approval.state = approved ? ApprovalState.APPROVED : ApprovalState.REJECTED;
        approval.decidedBy = decidedBy;
        approval.comment = comment;
        return { approval };
      },
    }),
    bind(WorkflowService, {
      applyWorkflow: ({ definition }) => this.#apply(parse(definition.value)),
      validateWorkflow: ({ definition }) => ({ valid: true, definition: parse(definition.value) }),
      getWorkflow: ({ workflowId, version }) => ({ workflow: this.#version(workflowId, version) }),
      listWorkflows: () => ({ workflows: [...this.#workflows.values()].flatMap((versions) => versions.slice(-1)) }),
      listWorkflowVersions: ({ workflowId }) => {
        this.#version(workflowId, 0);
        return { versions: this.#workflows.get(workflowId)?.toReversed() ?? [] };
      },
      diffWorkflows: ({ workflowId, fromVersion, to }) => ({
        from: this.#version(workflowId, fromVersion),
        changes: [
          {
            part: WorkflowPart.SETTING,
            kind: WorkflowChangeKind.ADDED,
            path: to.case === 'typed' ? to.value.id : String(to.value ?? ''),
          },
        ],
        openRuns: [{ runId: 'r', state: RunState.RUNNING, divergences: [{ code: 'NODE_MISSING', seq: 2n }] }],
      }),
      deprecateWorkflowVersion: ({ workflowId, version, reason, undo }) => {
        const found = this.#version(workflowId, version);
        found.deprecationReason = undo ? '' : reason;
        return { workflow: found };
      },
    }),
  ];

  #moved(runId: string, state: RunState): Run {
    const run = this.#find(runId);
    if (run.state === RunState.DONE) throw ended(runId);
    run.state = state;
    return run;
  }

  #forkOf(sourceRunId: string): Run {
    const source = this.#find(sourceRunId);
    const run = create(RunSchema, {
      ...source,
      runId: uuidv7(),
      forkedFrom: create(ForkOriginSchema, { runId: sourceRunId, seq: 1n }),
    });
    this.#runs.set(run.runId, run);
    return run;
  }

  #approval(runId: string, nodeId: string): Approval {
    const found = this.approvals.find((it) => it.runId === runId && it.nodeId === nodeId);
    if (found !== undefined) return found;
    throw skeinError({
      reason: 'APPROVAL_NOT_FOUND',
      code: Code.NotFound,
      message: `no approval ${nodeId}`,
      place: 'node_id',
      remedy: '',
    });
  }

  #start(request: StartRunRequest): Run {
    const { target, input } = request;
    const runId = (request.runId ||= uuidv7());
    const isSlow = target.case === 'agent' || (target.case === 'workflow' && target.value.workflowId === SLOW_WORKFLOW);
    const workflow =
      target.case === 'workflow' ? this.#version(target.value.workflowId, target.value.version) : undefined;
    const run = create(RunSchema, {
      namespace: request.namespace || 'default',
      runId,
      workflowId: workflow?.workflowId ?? (target.case === 'agent' ? `agent.${target.value.agentId}` : 'llm.default'),
      workflowVersion: workflow?.version ?? 0,
      state: isSlow ? RunState.RUNNING : RunState.DONE,
      createdAt: timestampOfMs(FIRST_EVENT_MS),
      lastSeq: 1n,
      labels: request.labels,
      searchAttributes: request.searchAttributes,
      ...(request.memo === undefined ? {} : { memo: request.memo }),
      sessionId: request.sessionId,
      waitingFor: isSlow ? 'reply: the answer of an agent' : '',
      nodes: [{ nodeId: 'reply', nodeType: 'agent', state: isSlow ? 3 : 5, attempt: 1, dispatch: 1 }],
      ...(input === undefined ? {} : { input }),
      ...(isSlow || input === undefined ? {} : { output: input }),
    });
    this.#runs.set(runId, run);
    this.#events.append(runId, {
      case: 'runStarted',
      value: {
        $typeName: 'skein.event.v1.RunStarted',
        workflowId: run.workflowId,
        workflowVersion: run.workflowVersion,
        labels: run.labels,
        searchAttributes: {},
        sessionId: run.sessionId,
        traceparent: '',
        bodyPath: '',
        input: { $typeName: 'skein.type.v1.Payload', json: new TextEncoder().encode('{"ticket":"late"}') },
      },
    });
    return run;
  }

  async #ended(run: Run, waitMs: number, signal: AbortSignal): Promise<void> {
    if (waitMs === 0) return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, waitMs);
    signal.addEventListener('abort', () => late.resolve(), { once: true });
    while (run.state < RunState.DONE) {
      const over = await Promise.race([this.#changed.promise.then(() => false), late.promise.then(() => true)]);
      if (over) break;
    }
    clearTimeout(timer);
  }

  #apply(definition: JsonObject) {
    const workflowId = definition['id'];
    if (typeof workflowId !== 'string') throw invalidWorkflow();
    const versions = this.#workflows.get(workflowId) ?? [];
    const latest = versions.at(-1);
    if (latest !== undefined && JSON.stringify(latest.definition) === JSON.stringify(definition)) {
      return { workflow: latest, created: false };
    }
    const version = versions.length + 1;
    const workflow = create(WorkflowVersionSchema, {
      namespace: 'default',
      workflowId,
      version,
      digest: `sha256:${String(version).padStart(64, '0')}`,
      definition,
      createdAt: timestampOfMs(FIRST_EVENT_MS),
      nodeCount: 1,
    });
    this.#workflows.set(workflowId, [...versions, workflow]);
    return { workflow, created: true };
  }

  #version(workflowId: string, version: number): WorkflowVersion {
    const versions = this.#workflows.get(workflowId);
    const found = version === 0 ? versions?.at(-1) : versions?.[version - 1];
    if (found !== undefined) return found;
    throw skeinError({
      reason: 'WORKFLOW_NOT_FOUND',
      code: Code.NotFound,
      message: `there is no workflow ${workflowId} in namespace default`,
      place: 'workflow_id',
      remedy: '`skein workflows list` shows the workflows there are',
    });
  }

  #find(runId: string): Run {
    const run = this.#runs.get(runId);
    if (run !== undefined) return run;
    throw skeinError({
      reason: 'RUN_NOT_FOUND',
      code: Code.NotFound,
      message: `there is no run ${runId}`,
      place: 'run_id',
    });
  }
}

/** JSON, or YAML of which only the id is read. */
function parse(source: unknown): JsonObject {
  if (typeof source !== 'string') return source as JsonObject;
  if (source.trimStart().startsWith('{')) return JSON.parse(source) as JsonObject;
  const id = /^id: (\S+)$/m.exec(source)?.[1];
  if (id === undefined) throw invalidWorkflow();
  return { id };
}

function invalidWorkflow() {
  return skeinError({
    reason: 'INVALID_WORKFLOW',
    code: Code.InvalidArgument,
    message: 'the workflow has 2 problems',
    place: 'nodes',
    remedy: 'mend the fields named',
    violations: [
      { field: 'id', description: 'is required', reason: 'REQUIRED' },
      {
        field: 'nodes.route.condition',
        description: 'unknown name “categroy”; did you mean category?',
        reason: 'UNKNOWN_NAME',
      },
    ],
    retryAfterMs: 1500,
  });
}

function ended(runId: string) {
  return skeinError({
    reason: 'RUN_ENDED',
    code: Code.FailedPrecondition,
    message: `run ${runId} has ended; terminal states are final`,
    place: 'run_id',
  });
}

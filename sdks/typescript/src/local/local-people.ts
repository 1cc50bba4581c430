/**
 * Whoever a local run waits for: signals, decisions and answers, given up front or as the run goes on.
 *
 * Owns the checks that the platform makes before it takes one. Does not own what becomes of it (the kernel).
 *
 * H1. What breaks its schema, or comes from somebody who may not, is refused and changes nothing.
 * H2. What is given up front is asked for once for each wait, and sent while that wait is still open.
 */
import { randomUUID } from 'node:crypto';
import type { JsonValue } from '@bufbuild/protobuf';
import {
  compileSchema,
  isTerminal,
  Payload,
  type ApprovalWait,
  type NodeRun,
  type Question,
  type RunState,
  type SchemaViolation,
} from '@skein/domain';
import { SkeinError } from '../client/skein-error.ts';
import type { LocalCell, LocalEngine } from './local-engine.ts';
import { refused, schemaBroken } from './local-failure.ts';
import type { ApprovalDecision, Given, LocalOptions } from './options.ts';

export class LocalPeople {
  readonly #engine: LocalEngine;
  readonly #options: LocalOptions;
  /** Waits that somebody was asked for already. */
  readonly #asked = new Set<string>();

  constructor(engine: LocalEngine, options: LocalOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  /** Asks whoever was given up front for what the run waits for (H2). */
  provide({ runId }: LocalCell, state: RunState): void {
    for (const { id: nodeId, wait, attempt } of state.nodes.values()) {
      if (wait === undefined || wait.kind === 'time') continue;
      const key = `${runId}/${nodeId}/${attempt}/${wait.kind === 'input' ? wait.questionSeq : 0}`;
      if (this.#asked.has(key)) continue;
      this.#asked.add(key);
      const at = { runId, nodeId };
      const { signals, approvals, answers } = this.#options;
      if (wait.kind === 'signal') {
        this.#ask(signals, wait.name, at, (payload) => this.signal(runId, wait.name, payload));
      } else if (wait.kind === 'approval') {
        const { prompt, approvers } = wait;
        this.#ask(approvals, nodeId, { ...at, prompt, approvers }, (decision) => {
          this.decide(runId, nodeId, typeof decision === 'boolean' ? { approved: decision } : decision);
        });
      } else {
        const { schema, ...question } = wait.question;
        const asked = { ...question, state: question.state as JsonValue, ...(schema && { schema: schema as never }) };
        this.#ask(answers, nodeId, { ...at, ...asked }, (value) => this.answer(runId, nodeId, value));
      }
    }
  }

  /** @throws SkeinError RUN_ENDED, SIGNAL_NOT_FOUND, INPUT_SCHEMA_VIOLATION */
  signal(runId: string, name: string, payload: JsonValue, signalId: string = randomUUID()): void {
    const { plan } = this.#open(runId);
    const works = [...plan.nodes.values()].flatMap(({ work }) => (work.kind === 'signal' ? [work] : []));
    const awaiting = works.filter(({ signalName }) => signalName === name);
    if (awaiting.length === 0) {
      const known = [...new Set(works.map(({ signalName }) => signalName))].join(', ') || 'no signal';
      const message = `no node of workflow ${plan.workflowId} waits for a signal ${name}`;
      throw refused('SIGNAL_NOT_FOUND', message, 'signal_name', `it waits for ${known}`);
    }
    const refusals = awaiting.map((work) => work.validatePayload(payload));
    const [first = []] = refusals;
    if (refusals.every(({ length }) => length > 0)) {
      throw schemaBroken(`the payload does not match the payload_schema of signal ${name}`, 'payload', first);
    }
    this.#engine.submit(runId, { kind: 'send_signal', name, payload: Payload.fromValue(payload), signalId });
  }

  /** @throws SkeinError RUN_ENDED, APPROVAL_NOT_FOUND, APPROVER_NOT_ALLOWED, INPUT_SCHEMA_VIOLATION */
  decide(runId: string, nodeId: string, decision: ApprovalDecision): void {
    const { approved, comment = '', form = null } = decision;
    const { plan, state } = this.#open(runId);
    const wait = state.nodes.get(nodeId)?.wait;
    if (wait?.kind !== 'approval') {
      const message = `no approval ${nodeId} is open in run ${runId}`;
      throw refused('APPROVAL_NOT_FOUND', message, 'node_id', 'decide once the event approval_required has come');
    }
    const decidedBy = deciderOf(wait, nodeId, decision);
    const work = plan.nodes.get(nodeId)?.work;
    const violations = work?.kind === 'approval' && approved ? work.validateForm(form) : [];
    if (violations.length > 0) {
      throw schemaBroken('the form does not match the form_schema of the approval', 'form', violations);
    }
    const command = { nodeId, approved, decidedBy, comment, form: Payload.fromValue(form) };
    this.#engine.submit(runId, { kind: 'decide_approval', ...command });
  }

  /** @throws SkeinError RUN_ENDED, INPUT_NOT_REQUIRED, INPUT_SCHEMA_VIOLATION */
  answer(runId: string, nodeId: string, value: JsonValue): void {
    const wait = this.#open(runId).state.nodes.get(nodeId)?.wait;
    if (wait?.kind !== 'input') {
      const message = `the agent of node ${nodeId} does not ask for anything`;
      throw refused('INPUT_NOT_REQUIRED', message, 'node_id', 'answer once the event input_required has come');
    }
    const violations = violationsOf(wait.question, value);
    if (violations.length > 0) throw schemaBroken('the answer does not match its schema', 'value', violations);
    const { questionSeq } = wait;
    const answer = { nodeId, questionSeq, value: Payload.fromValue(value), providedBy: '' };
    this.#engine.submit(runId, { kind: 'provide_input', ...answer });
  }

  #open(runId: string): LocalCell & { readonly state: RunState } {
    const cell = this.#engine.cells.get(runId);
    if (cell?.state !== undefined && !isTerminal(cell.state.status)) return { ...cell, state: cell.state };
    const message = cell === undefined ? `there is no run ${runId}` : `run ${runId} has ended`;
    throw refused(cell === undefined ? 'RUN_NOT_FOUND' : 'RUN_ENDED', message, 'run_id', 'start a new run');
  }

  /** A function is at work until it has answered: the clock waits for it. */
  #ask<Value, Request>(
    given: Readonly<Record<string, Given<Value, Request>>> | undefined,
    name: string,
    request: Request,
    send: (value: Value) => void,
  ): void {
    if (given === undefined || !Object.hasOwn(given, name)) return;
    const provider = given[name] as Given<Value, Request>;
    const hold = this.#engine.clock.hold();
    void (async () => {
      using _ = hold;
      const value = isFunction(provider) ? await provider(request) : provider;
      // What is no function is the value itself.
      if (value !== undefined) send(value as Value);
    })().catch((error: unknown) => {
      const isLate = error instanceof SkeinError && error.reason === 'RUN_ENDED';
      if (!isLate) this.#engine.fail(error);
    });
  }
}

function isFunction<Value, Request>(
  given: Given<Value, Request>,
): given is Extract<Given<Value, Request>, (request: Request) => unknown> {
  return typeof given === 'function';
}

function deciderOf({ approvers }: ApprovalWait, nodeId: string, { decidedBy, groups = [] }: ApprovalDecision): string {
  const person = approvers.find((name) => !name.startsWith('group:'));
  if (decidedBy === undefined) return person ?? 'local';
  const isAllowed = approvers.length === 0 || approvers.includes(decidedBy);
  if (isAllowed || groups.some((group) => approvers.includes(`group:${group}`))) return decidedBy;
  const message = `${decidedBy} is not among the approvers of ${nodeId}`;
  throw refused('APPROVER_NOT_ALLOWED', message, 'decided_by', `ask ${approvers.join(', ')}`);
}

function violationsOf({ schema }: Question, value: JsonValue): readonly SchemaViolation[] {
  const compiled = schema === undefined ? undefined : compileSchema(schema);
  return compiled !== undefined && 'validate' in compiled ? compiled.validate(value) : [];
}

/** What a run waits for that nobody will give, for the error that says so. */
export function waitedFor(nodes: Iterable<NodeRun>): readonly { readonly nodeId: string; readonly option: string }[] {
  return Array.from(nodes).flatMap(({ id: nodeId, wait }) => {
    if (wait?.kind === 'signal') return [{ nodeId, option: `signals.${wait.name}` }];
    if (wait?.kind === 'approval') return [{ nodeId, option: `approvals.${nodeId}` }];
    return wait?.kind === 'input' ? [{ nodeId, option: `answers.${nodeId}` }] : [];
  });
}

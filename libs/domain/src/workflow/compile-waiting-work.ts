import type { ExpressionEnv } from '../expression/expression.ts';
import { templateIn } from './compile-part.ts';
import { compileSchemaIn } from './compile-schema-part.ts';
import type { CompiledWork } from './compile-work.ts';
import type { ApprovalNode, SignalNode, WaitNode } from './definition.ts';
import { parseDurationMs } from './duration.ts';
import { badDuration } from './policies.ts';
import type { DocumentPath, ProblemList } from './problem-list.ts';

/** Compiles a node that waits for a time. */
export function waitWork(node: WaitNode, at: DocumentPath, env: ExpressionEnv, problems: ProblemList): CompiledWork {
  const duration = templateIn(node.duration, [...at, 'duration'], env, problems);
  const until = templateIn(node.until, [...at, 'until'], env, problems);
  if ((node.duration === undefined) === (node.until === undefined)) {
    const message = 'a wait needs either `duration` or `until`';
    problems.add({ at, code: 'BAD_VALUE', message, mend: 'write one of them, such as `duration: 5m`' });
  }
  const isText = typeof node.duration === 'string' && duration?.constant === true;
  if (isText && parseDurationMs(node.duration) === undefined) {
    problems.add(badDuration([...at, 'duration'], node.duration));
  }
  if (until?.constant === true && Number.isNaN(Date.parse(node.until ?? ''))) {
    const message = `\`${node.until}\` is no time`;
    problems.add({
      at: [...at, 'until'],
      code: 'BAD_VALUE',
      message,
      mend: 'write a time such as 2027-01-31T09:00:00Z',
    });
  }
  return { work: { kind: 'wait', duration, until }, references: [duration?.references, until?.references] };
}

/** Compiles a node that waits for a signal. */
export function signalWork(node: SignalNode, at: DocumentPath, problems: ProblemList): CompiledWork {
  const validatePayload = compileSchemaIn(node.payload_schema, [...at, 'payload_schema'], problems);
  const timeoutMs = node.timeout === undefined ? undefined : durationIn(node.timeout, [...at, 'timeout'], problems);
  return { work: { kind: 'signal', signalName: node.signal_name, validatePayload, timeoutMs }, references: [] };
}

/** Compiles a node that waits for a person. */
export function approvalWork(
  node: ApprovalNode,
  at: DocumentPath,
  env: ExpressionEnv,
  problems: ProblemList,
): CompiledWork {
  const prompt = templateIn(node.prompt, [...at, 'prompt'], env, problems);
  const approvers = templateIn(node.approvers, [...at, 'approvers'], env, problems);
  const validateForm = compileSchemaIn(node.form_schema, [...at, 'form_schema'], problems);
  const expiresInMs = durationIn(node.expires_in, [...at, 'expires_in'], problems);
  const escalation = escalationIn(node, expiresInMs, at, env, problems);
  const { on_expire: onExpire = 'fail', on_reject: onReject = 'fail' } = node;
  return {
    work: { kind: 'approval', prompt, approvers, validateForm, expiresInMs, escalation, onExpire, onReject },
    references: [prompt?.references, approvers?.references, escalation?.approvers.references],
  };
}

function escalationIn(
  { escalation }: ApprovalNode,
  expiresInMs: number,
  at: DocumentPath,
  env: ExpressionEnv,
  problems: ProblemList,
) {
  if (escalation === undefined) return undefined;
  const afterMs = durationIn(escalation.after, [...at, 'escalation', 'after'], problems);
  const approvers = templateIn(escalation.approvers, [...at, 'escalation', 'approvers'], env, problems);
  if (afterMs >= expiresInMs) {
    const message = 'the escalation comes after the approval has expired';
    problems.add({
      at: [...at, 'escalation', 'after'],
      code: 'BAD_VALUE',
      message,
      mend: 'make it shorter than expires_in',
    });
  }
  return approvers && { afterMs, approvers };
}

function durationIn(text: string, at: DocumentPath, problems: ProblemList): number {
  const parsed = parseDurationMs(text);
  if (parsed === undefined || parsed === 0) problems.add(badDuration(at, text));
  return parsed ?? 0;
}

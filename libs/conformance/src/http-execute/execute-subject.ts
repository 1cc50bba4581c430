/** An agent over `POST /execute`, as the rules see it. */
import { randomUUID } from 'node:crypto';
import type { JsonValue } from '@bufbuild/protobuf';
import type { HttpForm } from '../http/form-rules.ts';
import {
  HttpSubject,
  identity,
  isJson,
  isObject,
  type HttpAnswer,
  type HttpSubjectOptions,
} from '../http/http-subject.ts';

/** What the author says about an agent. */
export interface ExecuteSubjectOptions extends HttpSubjectOptions {
  /** A type of task that it knows. Default: that of an input that is itself {type, payload}, else `echo`. */
  readonly taskType?: string;
}

/** How a task is written: whole, or as {type, payload} alone. */
export type ExecuteForm = 'full' | 'minimal';

export class ExecuteSubject extends HttpSubject<ExecuteSubjectOptions> {
  /** Asks as the platform does; for the ordinary task in its full form, unless there is another. */
  ask(
    task: { readonly type?: string; readonly payload?: JsonValue; readonly form?: ExecuteForm } = {},
    signal?: AbortSignal,
  ): Promise<HttpAnswer> {
    const ordinary = this.#task();
    const { type = ordinary.type, payload = ordinary.payload, form = 'full' } = task;
    const { runId, key, headers } = identity();
    const names = { namespace: 'conformance', agentId: 'agent', runId, nodeId: 'node', attempt: 1, dispatch: 1 };
    const context = { requestId: key, ...names, config: {} };
    const body = form === 'minimal' ? { type, payload } : { id: `${key}/${randomUUID()}`, type, payload, context };
    return this.post('execute', JSON.stringify(body), { accept: 'application/json', ...headers }, signal);
  }

  #task(): { readonly type: string; readonly payload: JsonValue } {
    const { input } = this;
    const given = isObject(input) && 'payload' in input && typeof input['type'] === 'string' ? input : undefined;
    const type = this.options.taskType ?? given?.['type'];
    return {
      type: typeof type === 'string' ? type : 'echo',
      payload: given === undefined ? input : (given['payload'] ?? null),
    };
  }
}

/** An answer that the platform reads is a JSON object that says whether it is a success. */
export const EXECUTE_FORM: HttpForm<ExecuteSubject> = {
  name: 'http-execute',
  path: 'execute',
  ask: (subject, payload, signal) => subject.ask(payload === undefined ? {} : { payload }, signal),
  isReadable: (answer) => isJson(answer) && typeof answer.body?.['success'] === 'boolean',
};

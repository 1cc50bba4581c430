/** An agent over `POST /process`, as the rules see it. */
import type { HttpForm } from '../http/form-rules.ts';
import {
  HttpSubject,
  identity,
  isJson,
  textIn,
  type HttpAnswer,
  type HttpSubjectOptions,
} from '../http/http-subject.ts';
import type { JsonValue } from '@bufbuild/protobuf';

/** What the author says about an agent. */
export type ProcessSubjectOptions = HttpSubjectOptions;

export class ProcessSubject extends HttpSubject {
  /** Asks as the platform does; with the ordinary input, unless there is another. */
  ask(input: JsonValue = this.input, signal?: AbortSignal): Promise<HttpAnswer> {
    const { runId, key, headers } = identity();
    const names = { namespace: 'conformance', agent_id: 'agent', run_id: runId, node_id: 'node', session_id: '' };
    const context = { input, ...names, idempotency_key: key, attempt: 1, dispatch: 1 };
    const body = JSON.stringify({ input: { user_query: textIn(input), context }, config: { timeout: 30 } });
    return this.post('process', body, headers, signal);
  }
}

/** An answer that the platform reads is a JSON object, and an `output` or a failure in it. */
export const PROCESS_FORM: HttpForm<ProcessSubject> = {
  name: 'http-process',
  path: 'process',
  ask: (subject, input, signal) => subject.ask(input, signal),
  isReadable: (answer) =>
    isJson(answer) && ['output', 'status', 'error', 'error_code'].some((name) => name in (answer.body ?? {})),
};

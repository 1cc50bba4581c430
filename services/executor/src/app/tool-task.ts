/**
 * Calls a tool for a task.
 *
 * U1. An input that the tool's schema refuses is not sent anywhere.
 * U2. An output that the tool's schema refuses is none; the call is not repeated for it, for it was made.
 */
import type { JsonValue } from '@bufbuild/protobuf';
import type { ToolCall } from '@skein/contracts/scheduler';
import { violationText, type SchemaViolation } from '@skein/domain';
import { lasting } from '../domain/call-failure.ts';
import { parseJsonText } from '../domain/json-text.ts';
import { outputText } from '../domain/output-limit.ts';
import { toolRequest } from '../domain/tool-request.ts';
import type { CallContext } from './call-context.ts';
import type { RpcTasks } from './rpc-task.ts';
import type { HttpToolPort, HttpToolTarget, RegisteredTool, ToolDirectory } from './tool-port.ts';

/** What calling tools takes. */
export interface ToolTasksOptions {
  readonly tools: ToolDirectory;
  readonly rpc: Pick<RpcTasks, 'callTarget'>;
  readonly http: HttpToolPort;
}

export class ToolTasks {
  readonly #options: ToolTasksOptions;

  constructor(options: ToolTasksOptions) {
    this.#options = options;
  }

  /**
   * Makes the call; answers the tool's output as JSON text.
   * @throws CallError for everything that can go wrong.
   */
  async call({ toolId }: ToolCall, context: CallContext): Promise<Uint8Array> {
    const { task, clock } = context;
    const tool = await this.#options.tools.find(task.namespace, toolId, clock.signal);
    const input = parseJsonText(task.input?.json ?? new Uint8Array());
    const place = `nodes.${task.ref?.nodeId ?? ''}.input`;
    const misfits = tool.validateInput(input);
    if (misfits.length > 0) throw violation('TOOL_INPUT_VIOLATION', `the input of tool ${toolId}`, misfits, place);
    const output = await this.#done(tool, input, place, context);
    const text = outputText(output, `tool ${toolId}`);
    const broken = tool.validateOutput(output);
    if (broken.length > 0)
      throw violation('TOOL_OUTPUT_VIOLATION', `the output of tool ${toolId}`, broken, `tool ${toolId}`);
    return text;
  }

  #done(tool: RegisteredTool, input: JsonValue, place: string, context: CallContext): Promise<JsonValue> {
    const { target } = tool;
    if (target.kind === 'http') return this.#sent(tool.toolId, target, input, place, context);
    const { serviceId, method } = target;
    const message = input ?? {};
    return this.#options.rpc.callTarget({ serviceId, method, message, metadata: {}, place }, context);
  }

  #sent(
    toolId: string,
    target: HttpToolTarget,
    input: JsonValue,
    place: string,
    { task, clock, progress, traceparent }: CallContext,
  ): Promise<JsonValue> {
    const { method } = target;
    const { url, body } = toolRequest(target, input, place);
    const headers = {
      ...target.headers,
      'idempotency-key': task.idempotencyKey,
      'x-run-id': task.ref?.runId ?? '',
      ...(traceparent === '' ? {} : { traceparent }),
    };
    const shown = `${method} ${url.origin}${url.pathname}`;
    progress.begin(shown, '');
    const request = { method, url, headers, body, place: `tool ${toolId}, ${shown}` };
    return this.#options.http.send(request, clock.signal);
  }
}

const MAX_LISTED = 50;

function violation(
  code: 'TOOL_INPUT_VIOLATION' | 'TOOL_OUTPUT_VIOLATION',
  what: string,
  violations: readonly SchemaViolation[],
  place: string,
) {
  const shown = violations
    .slice(0, 5)
    .map((it) => violationText(it, 'it'))
    .join('; ');
  const isInput = code === 'TOOL_INPUT_VIOLATION';
  return lasting(code, {
    message: `${what} does not match its schema: ${shown}`,
    place,
    remedy: isInput ? 'mend the input of the node; the tool was not called' : 'mend the tool, or its output_schema',
    details: {
      violations: violations.slice(0, MAX_LISTED).map(({ pointer, keyword, message }) => {
        return { pointer: pointer.slice(0, 300), keyword, message: message.slice(0, 300) };
      }),
    },
  });
}

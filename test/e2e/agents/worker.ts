import type { JsonValue } from '@bufbuild/protobuf';
import { sendOutput, startHttpAgent, type AgentCall, type HttpAgent } from './http-agent.ts';

/** What an agent makes of its input. To throw is to refuse for good. `left` fires when nobody waits for the answer. */
export type Work = (input: JsonObject, call: AgentCall, left: AbortSignal) => JsonValue | Promise<JsonValue>;

type JsonObject = Readonly<Record<string, JsonValue>>;

/** An agent that does what a test says. */
export interface Worker extends HttpAgent {
  /** Nodes that asked, in order. */
  readonly nodes: readonly string[];
}

/** Starts one. Its output is the answer of `work` as it is. */
export async function startWorker(work: Work): Promise<Worker> {
  const nodes: string[] = [];
  const agent = await startHttpAgent((response, call) => {
    nodes.push(call.idempotencyKey.split('/')[1] ?? '');
    const left = new AbortController();
    response.once('close', () => left.abort());
    const { context } = call.body['input'] as { context: { input: JsonObject } };
    const answered = (async () => sendOutput(response, await work(context.input, call, left.signal)))();
    answered.catch((error: unknown) => response.writeHead(422).end(String(error)));
  });
  return Object.assign(agent, { nodes });
}

/** Work that does not end until nobody waits for it any more. */
export const endless: Work = (_input, _call, left) =>
  new Promise((resolve) => {
    left.addEventListener('abort', () => resolve(null), { once: true });
  });

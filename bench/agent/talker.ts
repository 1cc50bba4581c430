/**
 * An agent that streams: each delta is the time at which it was written, in milliseconds since 1970, and a line break.
 * It begins when it is told to, for whoever measures must be listening by then.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../load/clock.ts';

/** What the talker is asked to say. */
export interface TalkerInput {
  /** Names the stream to whoever tells it to begin. */
  readonly token: string;
  readonly chunks: number;
  /** Between two chunks; 0: as fast as they are taken. */
  readonly gapMs: number;
}

/** Chunks of a stream without gaps that are written in one go. */
const BURST = 16;

export function talker() {
  const begun = new Map<string, PromiseWithResolvers<ServerResponse>>();
  const beginOf = (token: string): PromiseWithResolvers<ServerResponse> => {
    const begin = begun.get(token) ?? Promise.withResolvers<ServerResponse>();
    begun.set(token, begin);
    return begin;
  };
  const answer = async (input: TalkerInput, response: ServerResponse): Promise<void> => {
    const told = await beginOf(input.token).promise;
    begun.delete(input.token);
    told.end('{}');
    await talk(input, response);
  };
  return {
    /** `POST /invoke`. */
    invoke: (body: string, response: ServerResponse): void => {
      const { context } = JSON.parse(body) as { readonly context: { readonly input: TalkerInput } };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      void answer(context.input, response);
    },
    /** `GET /control/talk?token=`: answered when the stream has begun. */
    begin: (query: URLSearchParams, response: ServerResponse): void =>
      beginOf(query.get('token') ?? '').resolve(response),
  };
}

async function talk({ chunks, gapMs }: TalkerInput, response: ServerResponse): Promise<void> {
  const startedMs = performance.now();
  for (let index = 0; index < chunks; index += 1) {
    const taken = response.write(`event: delta\ndata: {"text":"${nowMs().toFixed(3)}\\n"}\n\n`);
    if (gapMs > 0) await delay(Math.max(0, startedMs + (index + 1) * gapMs - performance.now()));
    else if (!taken) await once(response, 'drain');
    else if (index % BURST === BURST - 1) await nextTurn();
  }
  response.end(`event: done\ndata: {"final_message":"${chunks}"}\n\n`);
}

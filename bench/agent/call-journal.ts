import type { IncomingMessage, ServerResponse } from 'node:http';

/** One call of an agent, by this process' clock in milliseconds since 1970. */
export interface AgentCall {
  /** RUN/NODE/ATTEMPT. */
  readonly key: string;
  readonly calledAtMs: number;
  /** Undefined: not answered yet. */
  answeredAtMs?: number;
}

/** Answers a question of the benchmark. */
export type Control = (query: URLSearchParams, response: ServerResponse) => void;

/** Remembers calls, over every crash of the platform. */
export interface CallJournal {
  /** Notes a call; the function notes its answer. */
  readonly enter: (request: IncomingMessage) => () => void;
  /** Forgets everything. */
  readonly reset: Control;
  /** Answers as soon as there were so many calls since the last reset: `?times=`. */
  readonly answerWhenCalled: Control;
  /** Answers with every call. */
  readonly list: Control;
}

export function callJournal(): CallJournal {
  let calls: AgentCall[] = [];
  let waiters: { readonly times: number; readonly response: ServerResponse }[] = [];
  const answerWaiters = (): void => {
    for (const { times, response } of waiters) if (calls.length >= times) response.end('{}');
    waiters = waiters.filter(({ times }) => calls.length < times);
  };
  return {
    enter({ headers }) {
      const call: AgentCall = { key: String(headers['idempotency-key']), calledAtMs: Date.now() };
      calls.push(call);
      if (waiters.length > 0) answerWaiters();
      return () => (call.answeredAtMs = Date.now());
    },
    reset(_query, response) {
      calls = [];
      response.end('{}');
    },
    answerWhenCalled(query, response) {
      waiters.push({ times: Number(query.get('times')), response });
      answerWaiters();
    },
    list: (_query, response) => void response.end(JSON.stringify(calls)),
  };
}

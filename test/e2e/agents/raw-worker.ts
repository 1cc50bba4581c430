/**
 * A worker that follows the contract of `Connect` by hand: it comes back after every end of its stream, names what it is at, and
 * keeps an answer until it was heard. Each piece of work is begun once, by its idempotency key.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { fromJson, toJson, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { WorkerService, type ConnectRequestSchema, type Task } from '@skein/contracts/worker';

type Word = MessageInitShape<typeof ConnectRequestSchema>;

/** What a worker does. `key`: the idempotency key. */
export type RawWork = (input: JsonValue, key: string) => Promise<JsonValue>;

export interface RawWorkerOptions {
  readonly apiUrl: string;
  readonly agentId: string;
  readonly work: RawWork;
}

const CREDITS = 50;
const RETRY_MS = 100;

/** Starts one; disposing breaks its stream for good. */
export function startRawWorker({ apiUrl, agentId, work }: RawWorkerOptions): AsyncDisposable {
  const over = new AbortController();
  const client = createClient(WorkerService, createGrpcTransport({ baseUrl: apiUrl }));
  const workerId = `${agentId}.${crypto.randomUUID()}`;
  /** Keys by task id, for as long as nobody has heard the answer. */
  const inHand = new Map<string, string>();
  const answers = new Map<string, Promise<JsonValue>>();
  let session = '';

  const stream = async (): Promise<void> => {
    const ended = new AbortController();
    const words: Word[] = [];
    let wake = (): void => {};
    const say = (message: Word['message']): void => {
      words.push({ message: message as never });
      wake();
    };
    const outgoing = async function* (): AsyncGenerator<Word> {
      for (;;) {
        yield* words.splice(0);
        if (ended.signal.aborted) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (words.length > 0 || ended.signal.aborted) resolve();
        });
      }
    };
    const answer = async (taskId: string, key: string): Promise<void> => {
      const value = { output: fromJson(ValueSchema, (await answers.get(key)) ?? null) };
      say({ case: 'event', value: { taskId, seq: 1n, event: { event: { case: 'result', value } } } });
    };
    const take = ({ taskId, request }: Task): void => {
      const key = request?.idempotencyKey ?? '';
      const input = request?.input === undefined ? null : toJson(ValueSchema, request.input);
      // A task with the key of work that is known is that work.
      for (const [known, its] of inHand) if (its === key) inHand.delete(known);
      inHand.set(taskId, key);
      if (!answers.has(key)) answers.set(key, work(input, key));
      void answer(taskId, key);
    };

    const running = Array.from(inHand, ([taskId, idempotencyKey]) => ({ taskId, idempotencyKey }));
    say({ case: 'register', value: { workerId, card: { agentId, version: '1.0.0' }, running } });
    const headers: Record<string, string> = session === '' ? {} : { 'skein-session': session };
    const signal = over.signal;
    const beat = setInterval(() => say({ case: 'status', value: {} }), 5000);
    try {
      for await (const { message } of client.connect(outgoing(), { headers, signal })) {
        if (message.case === 'registered') {
          session = message.value.session;
          say({ case: 'credits', value: { count: CREDITS } });
          for (const { taskId } of message.value.resumed) void answer(taskId, inHand.get(taskId) ?? '');
        }
        if (message.case === 'task') take(message.value);
        if (message.case === 'acknowledgements') {
          for (const { taskId } of message.value.tasks) inHand.delete(taskId);
        }
      }
    } finally {
      clearInterval(beat);
      ended.abort();
      wake();
    }
  };

  const running = (async () => {
    while (!over.signal.aborted) {
      await stream().catch(() => {});
      await delay(RETRY_MS, undefined, { signal: over.signal }).catch(() => {});
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await running;
    },
  };
}

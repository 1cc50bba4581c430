import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { Code, type ConnectError, type HandlerContext } from '@connectrpc/connect';
import type { ConnectRequest } from '@skein/contracts/worker';
import { skeinError } from '@skein/rpc';
import { MessageQueue } from '../app/message-queue.ts';
import type { WorkerHandle, WorkerHub, WorkerMessage } from '../app/worker-hub.ts';
import type { WorkerRegistrar } from '../app/worker-registrar.ts';
import { admit, leaving } from './leaving.ts';
import { invalid, registrationOf } from './worker-fields.ts';

/** What serving streams of workers needs. */
export interface ConnectParts {
  readonly hub: WorkerHub;
  readonly registrar: WorkerRegistrar;
  /** Where other executors, and workers that come back, find this one. */
  readonly executorAddress: string;
  /** How often a worker says something. */
  readonly heartbeatMs: number;
}

const MAX_CREDITS = 10_000;
const MAX_RUNNING = 10_000;

/** WorkerService.Connect. */
export function connectRpc(parts: ConnectParts) {
  return async function* (requests: AsyncIterable<ConnectRequest>, context: HandlerContext) {
    const messages = requests[Symbol.asyncIterator]();
    const first = await messages.next();
    const register = first.done === true ? undefined : first.value.message;
    if (register?.case !== 'register') throw violation('send `register` first');
    const { running } = register.value;
    const registration = registrationOf(register.value, 'register.');
    if (running.length > MAX_RUNNING) {
      throw invalid([
        { field: 'register.running', description: `give at most ${MAX_RUNNING}`, reason: 'INVALID_VALUE' },
      ]);
    }
    admit(parts.hub, registration);
    const outgoing = new MessageQueue<WorkerMessage>();
    let failure: unknown;
    const end = (reason?: unknown): void => {
      failure ??= reason;
      outgoing.end();
    };
    const handle = parts.hub.attach(registration, running, {
      send: (message) => outgoing.push(message),
      close: (reason) => end(leaving(reason.message)),
    });
    const onAbort = () => end();
    context.signal.addEventListener('abort', onAbort, { once: true });
    try {
      // It is there before anybody hears of it: calls come at once.
      await parts.registrar.join(registration);
      void read(messages, handle).then(() => end(), end);
      yield welcome(parts, handle);
      yield* outgoing;
    } finally {
      context.signal.removeEventListener('abort', onAbort);
      handle.detach();
      parts.registrar.changed();
    }
    if (failure !== undefined && !context.signal.aborted) throw failure;
  };
}

function welcome({ executorAddress, heartbeatMs }: ConnectParts, { resumed }: WorkerHandle): WorkerMessage {
  const value = {
    session: executorAddress,
    heartbeatInterval: durationFromMs(heartbeatMs),
    resumed: resumed.map(({ taskId, seq }) => ({ taskId, seq: BigInt(seq) })),
  };
  return { message: { case: 'registered', value } };
}

async function read(messages: AsyncIterator<ConnectRequest>, handle: WorkerHandle): Promise<void> {
  for (;;) {
    const next = await messages.next();
    if (next.done === true) return;
    const { message } = next.value;
    switch (message.case) {
      case 'credits':
        if (message.value.count < 1 || message.value.count > MAX_CREDITS) {
          throw violation(`grant 1 to ${MAX_CREDITS} credits at a time`);
        }
        handle.credits(message.value.count);
        break;
      case 'event':
        try {
          handle.event(message.value.taskId, Number(message.value.seq), message.value.event);
        } catch (error) {
          if (error instanceof RangeError) throw violation(error.message);
          throw error;
        }
        break;
      case 'status':
        handle.status(message.value.load);
        break;
      case 'drain':
        handle.drain();
        break;
      case 'register':
        throw violation('send `register` once');
      // A message of a newer contract is a sign of life.
      case undefined:
        handle.status(undefined);
    }
  }
}

function violation(message: string): ConnectError {
  return skeinError({
    reason: 'AGENT_PROTOCOL_VIOLATION',
    code: Code.InvalidArgument,
    message,
    place: 'skein.worker.v1.WorkerService/Connect',
    remedy: 'see the comments of WorkerService',
  });
}

import { setTimeout as delay } from 'node:timers/promises';
import { fromJson, toJson, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { AgentService, type InvokeRequest, type InvokeResponseSchema } from '@skein/contracts/agent';
import { bind, type ServiceBinding } from '@skein/rpc';
import { cardOf, SKILL_ID } from './card.ts';
import { classify } from './classify.ts';
import type { Model } from './model.ts';
import { RunningTasks } from './running-tasks.ts';
import { readTicketInput } from './ticket-input.ts';

/** What the service needs. */
export interface ClassifierOptions {
  readonly model: Model;
  /** Time a classification is made to last, in milliseconds: it takes none by itself, but cancellation can then be watched. */
  readonly delayMs: number;
  /** Told, in words, of what a log should hold. */
  readonly log: (line: string) => void;
}

type Step = MessageInitShape<typeof InvokeResponseSchema>;

/** The classifier as an implementation of the agent contract. */
export function classifierBinding({ model, delayMs, log }: ClassifierOptions): ServiceBinding {
  const card = cardOf(model);
  const running = new RunningTasks();
  return bind(AgentService, {
    getCard: () => ({ card }),
    cancel({ taskId, reason }) {
      running.cancel(taskId, reason);
      return {};
    },
    async *invoke(request, context) {
      using task = running.begin(request.taskId, context.signal);
      try {
        yield* answer(request, model, () => pause(delayMs, task.signal));
      } catch (error) {
        if (!task.signal.aborted) throw error;
        log(`cancelled ${request.taskId}`);
        throw new ConnectError('the task was cancelled', Code.Canceled);
      }
    },
  });
}

async function* answer(request: InvokeRequest, model: Model, work: () => Promise<void>): AsyncGenerator<Step> {
  if (request.skillId !== '' && request.skillId !== SKILL_ID) {
    return yield failure('UNKNOWN_SKILL', `there is no skill ${request.skillId}; the one skill is ${SKILL_ID}`);
  }
  const input = readTicketInput(request.input === undefined ? null : toJson(ValueSchema, request.input));
  if (input === undefined) {
    return yield failure('INVALID_INPUT', 'the input must be a text, or an object with the texts subject and text');
  }
  const characters = countCodePoints(input.subject) + countCodePoints(input.text);
  yield { event: { case: 'state', value: { state: 'classifying', detail: `reading ${characters} characters` } } };
  await work();
  const output = { ...classify(input, model), ticket: input.ticket } as unknown as JsonValue;
  yield {
    event: {
      case: 'result',
      value: { output: fromJson(ValueSchema, output), metadata: { model: model.name, model_version: model.version } },
    },
  };
}

/** Code points, because every language can count those. */
const countCodePoints = (text: string): number => Array.from(text).length;

/** A failure that no repetition mends. */
const failure = (code: string, message: string): Step => ({
  event: { case: 'error', value: { code, message, retryable: false } },
});

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (delayMs > 0) await delay(delayMs, undefined, { signal });
}

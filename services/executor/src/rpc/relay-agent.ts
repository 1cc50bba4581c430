/** Workers of this executor as agents, for other executors. */
import { fromJson, toJson, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs, ValueSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from '@connectrpc/connect';
import type { AgentService, InvokeRequest, InvokeResponseSchema } from '@skein/contracts/agent';
import { usageToMessage } from '@skein/events';
import type { AgentAnswer, AgentRequest, CallSink } from '../app/agent-protocol.ts';
import { answerOf, isQuestion, questionMessage, type InputRequired } from '../app/agent-question.ts';
import { MessageQueue } from '../app/message-queue.ts';
import type { WorkerHub } from '../app/worker-hub.ts';
import { CallError } from '../domain/call-failure.ts';
import { WORKER_HEADER } from '../domain/worker-address.ts';

type Step = MessageInitShape<typeof InvokeResponseSchema>;

/** Time for a call that comes without a deadline. */
const NO_DEADLINE_MS = 24 * 3_600_000;

/** skein.agent.v1.AgentService, answered by the worker that the metadata names. */
export function relayAgent(hub: WorkerHub): ServiceImpl<typeof AgentService> {
  return {
    getCard() {
      throw new ConnectError('workers are described by the registry', Code.Unimplemented);
    },

    async *invoke(request, context) {
      const workerId = context.requestHeader.get(WORKER_HEADER) ?? '';
      const { namespace, agentId } = request;
      const steps = new MessageQueue<Step>();
      const calling = hub.call(
        { namespace, agentId, workerId },
        requestOf(request, context),
        sinkTo(steps),
        context.signal,
      );
      let defect: unknown;
      void calling.then(
        (ending) => endWith(steps, isQuestion(ending) ? questionStep(ending) : resultStep(ending)),
        (error: unknown) => {
          if (error instanceof CallError) return endWith(steps, failureStep(error));
          defect = error;
          steps.end();
        },
      );
      yield* steps;
      if (defect !== undefined) throw defect;
    },

    // The call's own cancellation reaches the worker.
    cancel: () => ({}),
  };
}

function requestOf(request: InvokeRequest, context: HandlerContext): AgentRequest {
  const { $typeName: _type, input, config, resumeDetails, answer, ...rest } = request;
  return {
    ...rest,
    endpoint: '',
    input: input === undefined ? null : toJson(ValueSchema, input),
    config: config ?? {},
    answer: answerOf(answer),
    resumeDetails: resumeDetails === undefined ? undefined : toJson(ValueSchema, resumeDetails),
    timeoutMs: context.timeoutMs() ?? NO_DEADLINE_MS,
    traceparent: context.requestHeader.get('traceparent') ?? '',
  };
}

function sinkTo(steps: MessageQueue<Step>): CallSink {
  return {
    delta: (text) => steps.push({ event: { case: 'delta', value: { text } } }),
    state: (state, detail) => steps.push({ event: { case: 'state', value: { state, detail } } }),
    heartbeat(resumeDetails?: JsonValue) {
      const details = resumeDetails === undefined ? {} : { resumeDetails: fromJson(ValueSchema, resumeDetails) };
      steps.push({ event: { case: 'heartbeat', value: details } });
    },
  };
}

function endWith(steps: MessageQueue<Step>, step: Step): void {
  steps.push(step);
  steps.end();
}

function resultStep({ output, usage, metadata }: AgentAnswer): Step {
  const consumed = usageToMessage(usage);
  const said = consumed === undefined ? {} : { usage: consumed };
  const facts = metadata === undefined ? {} : { metadata };
  return { event: { case: 'result', value: { output: fromJson(ValueSchema, output), ...said, ...facts } } };
}

function questionStep(question: InputRequired): Step {
  return { event: { case: 'question', value: questionMessage(question) } };
}

function failureStep({ failure }: CallError): Step {
  const { code, message, retryable, retryAfterMs, details } = failure;
  const wait = retryAfterMs === undefined ? {} : { retryAfter: durationFromMs(Math.round(retryAfterMs)) };
  return { event: { case: 'error', value: { code, message, retryable, ...wait, ...(details && { details }) } } };
}

/** The one way in which every route starts a run. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { RunSchema, RunState, StartRunRequestSchema, type Run } from '@skein/contracts/scheduler';
import { valueOfJson } from '@skein/events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalidField } from '../errors/invalid-request.ts';
import type { JsonSchema } from '../presentation/message-schema.ts';
import { ref } from '../presentation/message-schema.ts';
import { present } from '../presentation/present.ts';
import type { Clients } from '../upstream/clients.ts';
import { callOptions } from '../upstream/call-options.ts';
import { messageOfBody } from './plain-body.ts';
import { durationSchema, query, type NamespaceQuery } from './route-schema.ts';
import { WAIT_DESCRIPTION, waitMsOf, waitTimeout } from './wait.ts';

/** What every start can say. */
export interface StartBody {
  readonly input?: Parameters<typeof valueOfJson>[0];
  readonly request_id?: string;
  readonly session_id?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly search_attributes?: object;
  readonly memo?: object;
  readonly priority?: number;
  readonly fairness_key?: string;
  readonly wait?: string;
}

/** Where a start can say that it waits. */
export interface StartQuery extends NamespaceQuery {
  readonly wait?: string;
}

type Target = NonNullable<MessageInitShape<typeof StartRunRequestSchema>['target']>;

/** Fields of {@link StartBody}. */
export const START_FIELDS: JsonSchema = {
  input: { description: 'The input, any JSON value of at most 1 MiB. Default: an empty object.' },
  request_id: {
    type: 'string',
    description: 'Makes the start idempotent for 24 hours. The header Idempotency-Key says the same.',
  },
  session_id: { type: 'string', description: 'The conversation that the run belongs to.' },
  labels: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Key/value pairs to find the run by.',
  },
  search_attributes: {
    type: 'object',
    description: 'What the run is found by: texts, numbers, true or false, lists of texts, {"timestamp": RFC 3339}.',
    examples: [{ customer: 'acme', score: 0.5 }],
  },
  memo: { type: 'object', description: 'Shown with the run and never searched; at most 16 KiB.' },
  priority: { type: 'integer', minimum: 1, maximum: 5, description: '1 (first) to 5. Default: as the workflow says.' },
  fairness_key: { type: 'string', description: 'Runs that wait take turns over these. Default: as the workflow says.' },
  wait: durationSchema(WAIT_DESCRIPTION),
};

/** A request that may carry its id. */
interface RequestWithId {
  readonly headers: FastifyRequest['headers'];
  readonly body: Pick<StartBody, 'request_id'>;
}

/** The query of {@link StartQuery}. */
export const START_QUERY = query({ wait: durationSchema(`${WAIT_DESCRIPTION} Goes before \`wait\` of the body.`) });

/** Headers of a start. */
export const START_HEADERS: JsonSchema = {
  type: 'object',
  properties: {
    'idempotency-key': { type: 'string', description: 'As `request_id`.' },
    'x-run-token': {
      type: 'string',
      description: 'The header of this name that came with an agent’s call: the run is a child of the call’s run.',
    },
  },
};

/** Answers of a start. */
export const START_ANSWERS = {
  200: { ...ref('Run'), description: 'The run has ended; its state says how.' },
  202: { ...ref('Run'), description: 'The run is under way; the header Location says where to look.' },
};

/** Starts a run and answers it: 200 when it has ended within the wait, else 202. */
export async function startRun(
  { runs }: Clients,
  request: FastifyRequest<{ Querystring: StartQuery; Body: StartBody }>,
  reply: FastifyReply,
  target: Target,
  defaultWaitMs?: number,
): Promise<object> {
  const { body } = request;
  const { namespace = '', wait } = request.query;
  const waitMs = waitMsOf(wait ?? body.wait) ?? defaultWaitMs;
  const started = await runs.startRun(
    {
      namespace,
      target,
      ...startFields(body),
      requestId: requestIdOf(request),
      runToken: String(request.headers['x-run-token'] ?? ''),
      ...waitTimeout(waitMs),
    },
    callOptions(request, waitMs),
  );
  return answerStart(reply, started);
}

/** The fields of a start that are the same wherever it is asked for. */
export function startFields(body: StartBody) {
  const { input, session_id: sessionId = '', labels = {}, priority = 0, fairness_key: fairnessKey = '' } = body;
  const given = input === undefined ? {} : { input: valueOfJson(input) };
  return { ...given, sessionId, labels, priority, fairnessKey, ...foundBy(body) };
}

/** What a start of any kind answers. */
interface Started {
  readonly run?: Run | undefined;
  readonly created: boolean;
}

/** Answers a start: 200 when the run has ended, else 202. */
export function answerStart(reply: FastifyReply, { run, created }: Started): object {
  if (run === undefined) throw new Error('the scheduler answered a start without its run');
  reply.header('location', `/api/v1/runs/${run.runId}`);
  if (!created) reply.header('idempotency-replayed', 'true');
  reply.status(hasEnded(run) ? 200 : 202);
  return present(RunSchema, run);
}

/** What the run is found by, and shown with. */
export function foundBy({ search_attributes, memo }: Pick<StartBody, 'search_attributes' | 'memo'>) {
  const { searchAttributes, memo: shown } = messageOfBody(StartRunRequestSchema, {
    ...(search_attributes === undefined ? {} : { search_attributes }),
    ...(memo === undefined ? {} : { memo }),
  });
  return { searchAttributes, ...(shown === undefined ? {} : { memo: shown }) };
}

/** Whether a run is in a final state. */
export function hasEnded({ state }: Run): boolean {
  return FINAL_STATES.has(state);
}

const FINAL_STATES: ReadonlySet<RunState> = new Set([
  RunState.DONE,
  RunState.FAILED,
  RunState.CANCELLED,
  RunState.TERMINATED,
]);

/**
 * The request id, from the header or the body.
 * @throws INVALID_FIELD where they say different things.
 */
export function requestIdOf({ headers, body }: RequestWithId): string {
  const key = headers['idempotency-key'];
  const { request_id: requestId } = body;
  if (typeof key !== 'string') return requestId ?? '';
  if (requestId !== undefined && requestId !== key) {
    throw invalidField('request_id', 'give it in the body or in the header Idempotency-Key, or the same in both');
  }
  return key;
}

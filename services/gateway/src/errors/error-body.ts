import { ConnectError } from '@connectrpc/connect';
import { describeError, type FieldViolation } from '@skein/rpc';
import type { JsonSchema } from '../presentation/message-schema.ts';
import { HTTP_STATUSES, statusOf } from './http-status.ts';

/** An error as REST answers it: the same facts as the gRPC details. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly reason: string;
    readonly message: string;
    readonly place?: string;
    readonly remedy?: string;
    readonly violations: readonly FieldViolation[];
    readonly retry_after_ms?: number;
    readonly trace_id?: string;
  };
}

/** An answer that is an error. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
}

/** How to answer a thrown value. What nobody foresaw is told to the log alone; see `isDefect`. */
export function errorAnswer(error: unknown, traceId: string | undefined): ErrorAnswer {
  const { code, reason, message, place, remedy, violations, retryAfterMs } = describeError(error);
  return {
    status: statusOf(code, reason),
    headers: retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
    body: {
      error: {
        code: HTTP_STATUSES[code].name,
        reason,
        message: isDefect(error) ? 'a defect of the gateway; its log has the details' : message,
        ...(place === '' ? {} : { place }),
        ...(remedy === '' ? {} : { remedy }),
        violations: violations.map(({ field, description, reason: why }) => ({ field, description, reason: why })),
        ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
        ...(traceId === undefined ? {} : { trace_id: traceId }),
      },
    },
  };
}

/** Whether an error is none that a service or this gateway meant to give. */
export function isDefect(error: unknown): boolean {
  return !(error instanceof ConnectError);
}

/** The schema of {@link ErrorBody}. */
export const ERROR_SCHEMA: JsonSchema = {
  $id: 'Error',
  type: 'object',
  description: 'What went wrong, where, and what would mend it.',
  properties: {
    error: {
      type: 'object',
      properties: {
        code: {
          type: 'string',
          enum: Object.values(HTTP_STATUSES).map(({ name }) => name),
          description: 'Canonical gRPC code.',
        },
        reason: { type: 'string', description: 'Stable reason, such as `RUN_NOT_FOUND`; programs decide by it.' },
        message: { type: 'string', description: 'What went wrong, for people.' },
        place: { type: 'string', description: 'Where: a field path, an id, an address.' },
        remedy: { type: 'string', description: 'What would mend it.' },
        violations: {
          type: 'array',
          description: 'Every wrong field.',
          items: {
            type: 'object',
            properties: {
              field: { type: 'string', description: 'Path of the field.' },
              description: { type: 'string', description: 'Why it is wrong and what would be right.' },
              reason: { type: 'string', description: 'Stable code of the violation.' },
            },
            required: ['field', 'description', 'reason'],
            additionalProperties: false,
          },
        },
        retry_after_ms: { type: 'number', description: 'Least time to wait before a retry, in milliseconds.' },
        trace_id: { type: 'string', description: 'Finds the request in logs and traces.' },
      },
      required: ['code', 'reason', 'message', 'violations'],
      additionalProperties: false,
    },
  },
  required: ['error'],
  additionalProperties: false,
  examples: [
    {
      error: {
        code: 'NOT_FOUND',
        reason: 'RUN_NOT_FOUND',
        message: 'there is no run 01890000-0000-7000-8000-000000000000 in namespace default',
        place: 'run_id',
        remedy: '`skein runs list` shows the runs there are',
        violations: [],
      },
    },
  ],
};

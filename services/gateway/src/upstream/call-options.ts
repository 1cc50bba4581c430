import type { FastifyRequest } from 'fastify';
import { exchangeOf } from '../edge/exchange.ts';

/** Longest time for a service to answer, besides what it was asked to wait. */
const ANSWER_MS = 30_000;

/** Ends a call when the client has gone, or when a service does not answer in time. */
export function callOptions({ raw }: FastifyRequest, waitMs = 0): { signal: AbortSignal; timeoutMs: number } {
  return { signal: exchangeOf(raw).signal, timeoutMs: waitMs + ANSWER_MS };
}

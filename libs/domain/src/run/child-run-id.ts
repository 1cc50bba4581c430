import { hash } from 'node:crypto';

/** What a child run's id is made of: nobody has to remember it, and asking twice for a child makes one. */
export interface ChildPlace {
  readonly parentRunId: string;
  readonly nodeId: string;
  readonly attempt: number;
  readonly index: number;
  /** When it is started, in milliseconds since 1970. */
  readonly startedAtMs: number;
}

/**
 * The id of a child run: a UUIDv7 (RFC 9562) of its start, whose last byte is its parent's, so that both are folded by
 * the same scheduler.
 */
export function childRunId({ parentRunId, nodeId, attempt, index, startedAtMs }: ChildPlace): string {
  const digest = hash('sha256', `${parentRunId}/${nodeId}/${attempt}/${index}`);
  const time = Math.max(0, Math.trunc(startedAtMs)).toString(16).padStart(12, '0').slice(-12);
  const variant = ((Number.parseInt(digest.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  const last = digest.slice(7, 17) + parentRunId.slice(-2);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${last}`;
}

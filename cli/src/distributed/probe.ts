/** Whether the parts of a platform can do their work. Every probe is bounded in time and never rejects. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { HOST } from './parts.ts';

/** Ready, or why not. */
export type Probed = { readonly ready: true } | { readonly ready: false; readonly reason: string };

const PROBE_TIMEOUT_MS = 3_000;

/** Asks /readyz on a service's admin port. */
export async function probeReadyz(adminUrl: string): Promise<Probed> {
  try {
    const response = await fetch(`${adminUrl}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    const { ready, parts } = (await response.json()) as ReadyzAnswer;
    if (ready) return { ready: true };
    const missing = Object.entries(parts).flatMap(([name, part]) => (part.ready ? [] : [`${name}: ${part.reason}`]));
    return { ready: false, reason: missing.join('; ') };
  } catch (error) {
    return { ready: false, reason: reasonOf(error) };
  }
}

interface ReadyzAnswer {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, Probed>>;
}

/** The address of a service's admin port. */
export function adminUrlOf(port: number): string {
  return `http://${HOST}:${port}`;
}

/** Asks a NATS server for its greeting, which says whether JetStream is on. */
export async function probeNats(url: string): Promise<Probed> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port || 4222) });
  try {
    const [data] = (await once(socket, 'data', { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })) as [Buffer];
    const [, greeting = '{}'] = /^INFO (\{.*\})/.exec(data.toString()) ?? [];
    const { jetstream = false } = JSON.parse(greeting) as { jetstream?: boolean };
    return jetstream ? { ready: true } : { ready: false, reason: 'JetStream is off; start nats-server with -js' };
  } catch (error) {
    return { ready: false, reason: reasonOf(error) };
  } finally {
    socket.destroy();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return `no answer within ${PROBE_TIMEOUT_MS} ms`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/**
 * Whether an A2A agent answers where and how its card says, found out without giving it work: it is asked for a task that is
 * nobody's, and whatever it says to that in the words of its binding will do. Who is refused for want of credentials has
 * found somebody too.
 */
import { grpcTarget, type A2aInterface } from '@skein/a2a';
import { grpcTransport } from '@skein/rpc';
import { request, type Dispatcher } from 'undici';
import { a2aServiceOf } from '../grpc/a2a-service.ts';
import { textUpTo } from './body-text.ts';

const NO_TASK = 'skein-probe';
const MAX_BODY_BYTES = 64 * 1024;
const METHOD_NOT_FOUND = -32_601;
const VERSION_NOT_SUPPORTED = -32_009;

/** Why the agent cannot be called so; undefined: it can. */
export async function faultOf(
  dispatcher: Dispatcher,
  spoken: A2aInterface,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { binding, dialect, url } = spoken;
  const fault = await faultIn(dispatcher, spoken, signal);
  return fault && `the agent card says ${binding} ${dialect} at ${url}, but ${fault}`;
}

async function faultIn(dispatcher: Dispatcher, spoken: A2aInterface, signal: AbortSignal): Promise<string | undefined> {
  try {
    if (spoken.binding === 'GRPC') return await grpcFault(spoken, signal);
    const { statusCode, value } = await ask(dispatcher, spoken, signal);
    if (statusCode === 401 || statusCode === 403) return undefined;
    const fault = spoken.binding === 'JSONRPC' ? rpcFault(value) : restFault(value);
    return fault && `${fault} (status ${statusCode})`;
  } catch (error) {
    signal.throwIfAborted();
    return `asking there fails: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function ask(dispatcher: Dispatcher, spoken: A2aInterface, signal: AbortSignal) {
  const { dialect, binding, tenant } = spoken;
  const url = spoken.url.replace(/\/+$/, '');
  const version: Record<string, string> = dialect === '1.0' ? { 'a2a-version': '1.0' } : {};
  const headers = { accept: 'application/json', ...version };
  if (binding === 'JSONRPC') {
    const method = dialect === '0.3' ? 'tasks/get' : 'GetTask';
    const params = dialect === '1.0-draft' ? { name: `tasks/${NO_TASK}` } : { id: NO_TASK, ...tenantOf(tenant) };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const json = { ...headers, 'content-type': 'application/json' };
    return await answerTo(await request(url, { dispatcher, method: 'POST', signal, headers: json, body }));
  }
  const below = dialect === '0.3' ? '/v1' : tenant === '' ? '' : `/${encodeURIComponent(tenant)}`;
  return await answerTo(await request(`${url}${below}/tasks/${NO_TASK}`, { dispatcher, signal, headers }));
}

const tenantOf = (tenant: string): object => (tenant === '' ? {} : { tenant });

async function answerTo({ statusCode, body }: Dispatcher.ResponseData) {
  const text = await textUpTo(body, MAX_BODY_BYTES);
  try {
    return { statusCode, value: JSON.parse(text) as unknown };
  } catch {
    return { statusCode, value: undefined };
  }
}

function rpcFault(value: unknown): string | undefined {
  const { jsonrpc, error } = membersOf(value);
  if (jsonrpc !== '2.0') return 'what answers there is not JSON-RPC';
  const { code } = membersOf(error);
  if (code === METHOD_NOT_FOUND) return 'the agent does not know the method of this version';
  return code === VERSION_NOT_SUPPORTED ? 'the agent does not support this version' : undefined;
}

const restFault = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null ? undefined : 'what answers there is not JSON';

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

async function grpcFault({ url, dialect }: A2aInterface, signal: AbortSignal): Promise<string | undefined> {
  const target = grpcTarget(url);
  // Whom we have no certificates for is taken at its word.
  if (target === undefined || target.tls) return undefined;
  using transport = grpcTransport({ address: target.address });
  const service = await a2aServiceOf(transport, signal);
  if (service === undefined) return 'the server has no A2A service';
  const expected = dialect === '1.0' ? 'current' : 'older';
  return service === expected ? undefined : 'the server has the service of another version';
}

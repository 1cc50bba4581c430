/**
 * Which of the HTTP protocols with one path an agent serves, found out without giving it work:
 *
 *   1. OPTIONS on /process, /invoke and /execute. 404 says that there is no such path; an `Allow` header, or 405, that there is.
 *   2. Where that leaves more than one possible: POST with an empty body, which is no request of any protocol. 404, 405 and
 *      501 say that the path takes no POST; any other answer, that it does. The answer is not read.
 *
 * Whatever is left with exactly one path that is there is decided; everything else is for a person to say.
 */
import { request, type Dispatcher } from 'undici';
import { ProtocolUndecidedError } from '../../app/registry-errors.ts';
import type { Protocol } from '../../domain/agent-record.ts';
import { urlBelow } from '../../domain/endpoint.ts';

type Presence = 'present' | 'absent' | 'unknown';
const PATHS = { process: 'HTTP_PROCESS', invoke: 'HTTP_INVOKE_SSE', execute: 'HTTP_EXECUTE' } as const;
type Path = keyof typeof PATHS;
const PATH_NAMES = Object.keys(PATHS) as Path[];

/** What may be given where nothing is found out. */
export const HTTP_PROTOCOLS = 'HTTP_PROCESS, HTTP_INVOKE_SSE, HTTP_EXECUTE or A2A';

/** @throws ProtocolUndecidedError that names the choices. */
export async function servedProtocol(dispatcher: Dispatcher, endpoint: string, signal: AbortSignal): Promise<Protocol> {
  const look = async (path: Path): Promise<Presence> => {
    const options = await statusOf(dispatcher, urlBelow(endpoint, path), 'OPTIONS', signal);
    return options === undefined ? 'unknown' : presenceByOptions(options);
  };
  const knock = async (path: Path): Promise<Presence> => {
    const post = await statusOf(dispatcher, urlBelow(endpoint, path), 'POST', signal);
    if (post === undefined) return 'unknown';
    return [404, 405, 501].includes(post.statusCode) ? 'absent' : 'present';
  };
  const seen = await tell(look);
  if (seen.protocol !== undefined) return seen.protocol;
  const heard = await tell(knock);
  if (heard.protocol !== undefined) return heard.protocol;
  throw new ProtocolUndecidedError(`could not be found out: ${heard.finding}; give ${HTTP_PROTOCOLS}`);
}

interface Status {
  readonly statusCode: number;
  readonly allow: string;
}

function presenceByOptions({ statusCode, allow }: Status): Presence {
  if (statusCode === 404) return 'absent';
  if (allow !== '') return /\bPOST\b/i.test(allow) ? 'present' : 'absent';
  return statusCode === 405 ? 'present' : 'unknown';
}

/** Decided where one path is there and no other may be. */
async function tell(ask: (path: Path) => Promise<Presence>): Promise<{ protocol?: Protocol; finding: string }> {
  const found: Array<readonly [Path, Presence]> = [];
  for (const path of PATH_NAMES) found.push([path, await ask(path)]);
  const finding = found.map(([path, presence]) => `POST /${path} is ${presence}`).join(', ');
  const possible = found.filter(([, presence]) => presence !== 'absent');
  const [only] = possible;
  if (possible.length !== 1 || only?.[1] !== 'present') return { finding };
  return { protocol: PATHS[only[0]], finding };
}

/** Undefined: no answer. */
async function statusOf(
  dispatcher: Dispatcher,
  url: string,
  method: 'OPTIONS' | 'POST',
  signal: AbortSignal,
): Promise<Status | undefined> {
  try {
    const headers = { accept: 'application/json, text/event-stream', 'x-skein-probe': 'protocol' };
    const { statusCode, headers: answered, body } = await request(url, { dispatcher, method, signal, headers });
    // An event stream may have no end, and closing it is what tells the agent to stop.
    body.on('error', () => {});
    body.destroy();
    const { allow } = answered;
    return { statusCode, allow: Array.isArray(allow) ? allow.join(',') : (allow ?? '') };
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

import { lasting } from '../../domain/call-failure.ts';

/** URLs by operation and endpoint: there are few, and each is asked for with every call. Never changed by callers. */
const KNOWN = new Map<string, URL>();
const MAX_KNOWN = 1000;

/**
 * The URL of an agent's operation: the registered base URL with `path` behind it, unless it ends with that already.
 * @throws CallError INVALID_FIELD where the endpoint is no HTTP URL.
 */
export function agentUrl(endpoint: string, path: string, place: string): URL {
  const key = `${path} ${endpoint}`;
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  const url = URL.parse(endpoint);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw lasting('INVALID_FIELD', {
      message: `the address ${endpoint} is not an http or https URL`,
      place,
      remedy: 'register the agent with its base URL, such as http://127.0.0.1:9000',
    });
  }
  const base = url.pathname.replace(/\/+$/, '');
  url.pathname = base.endsWith(path) ? base : `${base}${path}`;
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear();
  KNOWN.set(key, url);
  return url;
}

import { createSecureContext } from 'node:tls';
import type { TrustedRoots } from '@skein/rpc';
import { Agent } from 'undici';

/**
 * Pooled keep-alive connections to agents; idle ones are dropped after 4 s (undici's default), before common servers drop them at
 * 5 s: a request on a connection that is just being closed would fail.
 * @param roots whom connections over TLS trust. Undefined: as Node.js does.
 */
export function agentDispatcher(roots: TrustedRoots | undefined): Agent {
  // Made once: to read all certificates with each connection would take longer than the connection.
  const connect = roots === undefined ? {} : { connect: { secureContext: createSecureContext({ ca: roots.pem }) } };
  return new Agent({ connectTimeout: 10_000, headersTimeout: 0, bodyTimeout: 0, ...connect });
}

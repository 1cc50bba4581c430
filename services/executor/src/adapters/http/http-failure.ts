import { errors } from 'undici';
import { CallError, passing } from '../../domain/call-failure.ts';

/** Besides those of the parser: the other side does not speak HTTP, or not properly. */
const NOT_HTTP: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);

/** No connection was made. */
const UNSENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Its certificate is not one that we trust: nothing was sent to it. */
const UNTRUSTED = /CERT|SELF_SIGNED|ISSUER|ALTNAME/;

/** What went wrong on the way to an agent or back. */
export function httpFailure(error: unknown, place: string): CallError {
  if (error instanceof CallError) return error;
  const code = errorCode(error);
  const detail = error instanceof Error && error.message !== '' ? error.message : code;
  if (error instanceof errors.HTTPParserError || NOT_HTTP.has(code)) {
    return passing('AGENT_PROTOCOL_VIOLATION', {
      message: `the agent does not answer in HTTP: ${detail}`,
      place,
      remedy: 'check that the address is that of an HTTP server',
      cause: error,
    });
  }
  return passing('AGENT_UNREACHABLE', {
    message: `the agent cannot be reached, or broke the connection: ${detail}`,
    place,
    remedy: UNTRUSTED.test(code)
      ? 'give the agent a certificate for this address, of an authority that executors trust: SKEIN_EXECUTOR_AGENT_CA_FILE'
      : 'check that the agent runs and listens at this address, and see its log',
    isUnsent: UNSENT.has(code) || UNTRUSTED.test(code),
    cause: error,
  });
}

function errorCode(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}

/** What a call to a server that is not ours came to, as the failure of a task. */
import { Code, ConnectError } from '@connectrpc/connect';
import { describeError, MAX_REMOTE_MESSAGE_BYTES } from '@skein/rpc';
import { CallError, failed, lasting, passing } from '../../domain/call-failure.ts';
import { RETRIED, statusName } from '../../domain/grpc-status.ts';

/** The connection was never made: nothing has reached the server. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);
const NOT_TRUSTED = /^(CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH)|^EPROTO$/;
const UNREADABLE = /^(parse|cannot decode|invalid wire type|premature|illegal|cant skip)/i;
const NOT_RPC = /^(HTTP [1-4]\d\d|unsupported content type|unexpected content type|invalid content type)/i;
/** A status of HTTP alone, such as a proxy gives whose server is away. */
const HTTP_STATUS = /^HTTP (408|429|5\d\d)/;

/** Takes a failed call of a method apart. `place` names the service and its address. */
export function rpcFailure(error: unknown, place: string): CallError {
  if (error instanceof CallError) return error;
  const { code, rawMessage, metadata } = ConnectError.from(error, Code.Internal);
  if (NOT_RPC.test(rawMessage) && !HTTP_STATUS.test(rawMessage)) {
    return lasting('RPC_PROTOCOL_VIOLATION', {
      message: `the server does not answer as its protocol has it: ${rawMessage}`,
      place,
      remedy: 'check the protocol and the address that the service is registered with',
      cause: error,
    });
  }
  // Only what a server has answered comes with headers; everything else is the client library's own.
  const isAnswer = HTTP_STATUS.test(rawMessage) || !metadata.keys().next().done;
  return isAnswer ? statusFailure(error, place) : connectionFailure(error, { code, rawMessage }, place);
}

function statusFailure(error: unknown, place: string): CallError {
  const { code, message, retryAfterMs, remedy } = describeError(error);
  const status = statusName(code);
  const text = message === '' ? `the server answered with status ${status}` : message;
  return failed(status, RETRIED.has(code), { message: text, place, remedy, retryAfterMs, cause: error });
}

function connectionFailure(
  error: unknown,
  { code, rawMessage }: Pick<ConnectError, 'code' | 'rawMessage'>,
  place: string,
): CallError {
  const nodeCodes = nodeErrorCodes(error);
  if (nodeCodes.some((it) => NOT_CONNECTED.has(it))) {
    return passing('SERVICE_UNAVAILABLE', {
      message: `the server cannot be reached: ${rawMessage}`,
      place,
      remedy: 'check that it runs and listens at this address',
      cause: error,
    });
  }
  if (nodeCodes.some((it) => NOT_TRUSTED.test(it))) {
    return lasting('SERVICE_UNAVAILABLE', {
      message: `no trusted TLS connection: ${rawMessage}`,
      place,
      remedy: 'check `tls` of the service and its certificate; NODE_EXTRA_CA_CERTS names further authorities',
      cause: error,
    });
  }
  if (code === Code.ResourceExhausted) {
    const message = `the response is larger than ${MAX_REMOTE_MESSAGE_BYTES} bytes`;
    return lasting('PAYLOAD_TOO_LARGE', { message, place, remedy: 'answer with less, or with a reference' });
  }
  if (nodeCodes.length === 0 && UNREADABLE.test(rawMessage)) return unreadable(rawMessage, place, error);
  return passing('RPC_UNREACHABLE', {
    message: `the connection broke in the middle of the call: ${rawMessage}`,
    place,
    remedy: 'see the log of the server',
    cause: error,
  });
}

/** The response is not what the descriptors say. The call was done: doing it again would not help. */
export function unreadable(why: string, place: string, cause?: unknown): CallError {
  return lasting('RPC_PROTOCOL_VIOLATION', {
    message: `the response is not what the descriptors of the service say: ${why}`,
    place,
    remedy: 'upload the descriptors that the server was built with, or have it serve reflection',
    cause,
  });
}

/** The codes of Node's errors below an error, such as `ECONNRESET`. */
function nodeErrorCodes(error: unknown): string[] {
  const codes: string[] = [];
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    if ('code' in cause && typeof cause.code === 'string') codes.push(cause.code);
    if (cause instanceof AggregateError) codes.push(...cause.errors.flatMap(nodeErrorCodes));
  }
  return codes;
}

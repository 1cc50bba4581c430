import { Code, ConnectError } from '@connectrpc/connect';
import { describeError } from '@skein/rpc';
import { CallError, failed, lasting, passing } from '../../domain/call-failure.ts';
import { RETRIED, statusName } from '../../domain/grpc-status.ts';
import { MAX_OUTPUT_BYTES } from '../../domain/output-limit.ts';

// What the client library says about connections, as opposed to what an agent answers; the two share their codes.
const UNREACHABLE =
  /^(No connection established|Connection dropped|Name resolution failed|Failed to connect|Failed to parse|Stream refused|Write (error|failed)|.*\b(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND)\b|.*The session has been destroyed|.*GOAWAY)/;
// Of those: no connection was made, or the server says that it has not looked at the call.
const UNSENT =
  /^(No connection established|Name resolution failed|Failed to connect|Failed to parse|Stream refused|.*\b(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND)\b)/;
// "Call cancelled" is what a stream that the other side has reset looks like; our own aborts never get here.
const BROKEN_OFF = /Received RST_STREAM|Call ended without gRPC status|No status information received|^Call cancelled$/;
const CERTIFICATE = /certificate|self.signed|altnames/i;
const UNTRUSTED =
  'give the agent a certificate for this address, of an authority that executors trust: SKEIN_EXECUTOR_AGENT_CA_FILE';
const NOT_GRPC =
  /Received HTTP status code|invalid compressed|invalid wire type|cannot decode|premature EOF|Protocol error|Parse Error/i;
const TOO_LARGE = /larger than max/i;

/** Takes a failed Invoke the way the agent contract says. */
export function grpcFailure(error: unknown, place: string): CallError {
  if (error instanceof CallError) return error;
  const { code, rawMessage } = ConnectError.from(error, Code.Internal);
  if (TOO_LARGE.test(rawMessage)) {
    const message = `a message of the agent is far larger than the ${MAX_OUTPUT_BYTES} bytes an output may have`;
    return lasting('PAYLOAD_TOO_LARGE', { message, place, remedy: 'answer with less, or with a reference' });
  }
  if (UNREACHABLE.test(rawMessage)) {
    return passing('AGENT_UNREACHABLE', {
      message: `the agent cannot be reached: ${rawMessage}`,
      place,
      remedy: CERTIFICATE.test(rawMessage) ? UNTRUSTED : 'check that the agent runs and listens at this address',
      isUnsent: UNSENT.test(rawMessage),
      cause: error,
    });
  }
  if (BROKEN_OFF.test(rawMessage)) {
    return passing('AGENT_UNREACHABLE', {
      message: `the agent broke off its answer: ${rawMessage}`,
      place,
      remedy: 'see the log of the agent',
      cause: error,
    });
  }
  if (NOT_GRPC.test(rawMessage) || !(error instanceof ConnectError)) {
    return passing('AGENT_PROTOCOL_VIOLATION', {
      message: `the agent does not answer as a gRPC agent: ${rawMessage}`,
      place,
      remedy: 'check that the address is that of a server with skein.agent.v1.AgentService',
      cause: error,
    });
  }
  const status = statusName(code);
  const { retryAfterMs, remedy } = describeError(error);
  const message = rawMessage === '' ? `the agent answered with status ${status}` : rawMessage;
  return failed(status, RETRIED.has(code), { message, place, remedy, retryAfterMs, cause: error });
}

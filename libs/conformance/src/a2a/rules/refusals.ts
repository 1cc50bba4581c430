import type { JsonObject } from '@bufbuild/protobuf';
import { describeHttpAnswer } from '../../http/http-subject.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import { methodOf, type RpcDialect } from '../a2a-dialect.ts';
import { describeRpc, type A2aSubject } from '../a2a-subject.ts';

const NO_TASK = 'skein-conformance-no-such-task';
const PARSE_ERROR = -32_700;
const METHOD_NOT_FOUND = -32_601;
const TASK_NOT_FOUND = -32_001;

/** A request that cannot be answered gets the error that the protocol has for it. */
const refuses = (
  id: string,
  what: string,
  code: number,
  request: (dialect: RpcDialect) => readonly [method: string, params: JsonObject],
): Rule<A2aSubject> => ({
  id,
  expected: `${what} is answered with the JSON-RPC error ${code}`,
  check: (subject) =>
    subject.overRpc(async (rpc) => {
      const answer = await subject.call(rpc, ...request(rpc.dialect));
      return answer.errorCode === code ? kept : broken(describeRpc(answer), `answer with the error ${code}`);
    }),
});

export const unknownTask = refuses(
  'a2a/unknown-task',
  'GetTask of a task that is not there',
  TASK_NOT_FOUND,
  (dialect) => [methodOf(dialect, 'get'), { id: NO_TASK }],
);

export const cancelUnknownTask = refuses(
  'a2a/cancel-unknown-task',
  'CancelTask of a task that is not there',
  TASK_NOT_FOUND,
  (dialect) => [methodOf(dialect, 'cancel'), { id: NO_TASK }],
);

export const unknownMethod = refuses('a2a/unknown-method', 'a method that it does not have', METHOD_NOT_FOUND, () => [
  'skein/NoSuchMethod',
  {},
]);

export const a2aRefusesGarbage: Rule<A2aSubject> = {
  id: 'a2a/refuses-garbage',
  expected: `a body that is not JSON is answered with the JSON-RPC error ${PARSE_ERROR}, or 4xx: 5xx would be tried again`,
  check: (subject) =>
    subject.overRpc(async ({ url }) => {
      const answer = await subject.post(url, '{"jsonrpc": ');
      const error = answer.body?.['error'] as JsonObject | undefined;
      if (error?.['code'] === PARSE_ERROR || (answer.status >= 400 && answer.status < 500)) return kept;
      return broken(describeHttpAnswer(answer), `answer with the error ${PARSE_ERROR}`);
    }),
};

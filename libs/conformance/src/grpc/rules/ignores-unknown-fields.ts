import { isEnding } from '../../ending.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import { describeAnswer, type GrpcSubject } from '../grpc-subject.ts';

/** A field that no contract has yet: number 9999, a text. */
const UNKNOWN_FIELD = { no: 9999, wireType: 2, data: new Uint8Array([3, 0x6e, 0x65, 0x77]) };

/** A newer platform may say more. */
export const ignoresUnknownFields: Rule<GrpcSubject> = {
  id: 'grpc/ignores-unknown-fields',
  expected: 'a request with a field that is not known yet is answered like any other',
  async check(subject) {
    const answer = await subject.ask({}, { unknown: [UNKNOWN_FIELD] });
    if (answer.error === undefined && isEnding(answer.events.at(-1))) return kept;
    return broken(describeAnswer(answer), 'let the protobuf library skip unknown fields, as it does by default');
  },
};

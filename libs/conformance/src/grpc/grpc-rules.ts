/** Every rule for agents over the gRPC contract, in the order they are looked at. */
import type { Rule } from '../rule.ts';
import type { GrpcSubject } from './grpc-subject.ts';
import { answersAtOnce } from './rules/answers-at-once.ts';
import { cancelIdempotent } from './rules/cancel-idempotent.ts';
import { cardQuick } from './rules/card-quick.ts';
import { cardValid } from './rules/card-valid.ts';
import { endsOnce } from './rules/ends-once.ts';
import { health } from './rules/health.ts';
import { ignoresUnknownFields } from './rules/ignores-unknown-fields.ts';
import { invalidInput } from './rules/invalid-input.ts';
import { largeInput } from './rules/large-input.ts';
import { sameKeySameAnswer } from './rules/same-key-same-answer.ts';
import { stopsWhenTold } from './rules/stops-when-told.ts';
import { survivesCutCalls } from './rules/survives-cut-calls.ts';
import { takesInput } from './rules/takes-input.ts';
import { unknownSkill } from './rules/unknown-skill.ts';
import { withinBounds } from './rules/within-bounds.ts';

export const GRPC_RULES: readonly Rule<GrpcSubject>[] = [
  cardValid,
  cardQuick,
  health,
  endsOnce,
  takesInput,
  withinBounds,
  unknownSkill,
  invalidInput,
  sameKeySameAnswer,
  cancelIdempotent,
  stopsWhenTold,
  survivesCutCalls,
  largeInput,
  ignoresUnknownFields,
  answersAtOnce,
];

/** Every rule for A2A agents, in the order they are looked at. */
import type { Rule } from '../rule.ts';
import type { A2aSubject } from './a2a-subject.ts';
import { answersMessage } from './rules/answers-message.ts';
import { a2aCardValid } from './rules/card-valid.ts';
import { comesToEnd } from './rules/comes-to-end.ts';
import { a2aRefusesGarbage, cancelUnknownTask, unknownMethod, unknownTask } from './rules/refusals.ts';
import { streams } from './rules/streams.ts';
import { a2aSurvivesCutCalls } from './rules/survives-cut-calls.ts';

export const A2A_RULES: readonly Rule<A2aSubject>[] = [
  a2aCardValid,
  answersMessage,
  comesToEnd,
  streams,
  unknownTask,
  cancelUnknownTask,
  unknownMethod,
  a2aRefusesGarbage,
  a2aSurvivesCutCalls,
];

/** Every rule for agents over `POST /process`, in the order they are looked at. */
import type { Rule } from '../rule.ts';
import type { ProcessSubject } from './process-subject.ts';
import { answersJson } from './rules/answers-json.ts';
import { httpHealth } from './rules/health.ts';
import { httpLargeInput } from './rules/large-input.ts';
import { refusesGarbage } from './rules/refuses-garbage.ts';
import { httpSurvivesCutCalls } from './rules/survives-cut-calls.ts';

export const PROCESS_RULES: readonly Rule<ProcessSubject>[] = [
  answersJson,
  httpHealth,
  refusesGarbage,
  httpLargeInput,
  httpSurvivesCutCalls,
];

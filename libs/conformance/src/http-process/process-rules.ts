/** Every rule for agents over `POST /process`, in the order they are looked at. */
import { healthRule, largeInputRule, refusesGarbageRule, survivesCutCallsRule } from '../http/form-rules.ts';
import type { Rule } from '../rule.ts';
import { PROCESS_FORM, type ProcessSubject } from './process-subject.ts';
import { answersJson } from './rules/answers-json.ts';

export const PROCESS_RULES: readonly Rule<ProcessSubject>[] = [
  answersJson,
  healthRule(PROCESS_FORM.name),
  refusesGarbageRule(PROCESS_FORM.name, PROCESS_FORM.path),
  largeInputRule(PROCESS_FORM),
  survivesCutCallsRule(PROCESS_FORM),
];

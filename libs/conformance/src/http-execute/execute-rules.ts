/** Every rule for agents over `POST /execute`, in the order they are looked at. */
import { healthRule, largeInputRule, refusesGarbageRule, survivesCutCallsRule } from '../http/form-rules.ts';
import type { Rule } from '../rule.ts';
import { EXECUTE_FORM, type ExecuteSubject } from './execute-subject.ts';
import { answersFullForm, answersMinimalForm } from './rules/answers-both-forms.ts';
import { unknownType } from './rules/unknown-type.ts';

export const EXECUTE_RULES: readonly Rule<ExecuteSubject>[] = [
  answersFullForm,
  answersMinimalForm,
  unknownType,
  healthRule(EXECUTE_FORM.name),
  refusesGarbageRule(EXECUTE_FORM.name, EXECUTE_FORM.path),
  largeInputRule(EXECUTE_FORM),
  survivesCutCallsRule(EXECUTE_FORM),
];

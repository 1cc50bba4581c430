/** Every rule for agents over `POST /invoke`, in the order they are looked at. */
import { healthRule, largeInputRule, refusesGarbageRule, survivesCutCallsRule } from '../http/form-rules.ts';
import type { Rule } from '../rule.ts';
import { INVOKE_FORM, type InvokeSubject } from './invoke-subject.ts';
import { invokeEndsOnce } from './rules/ends-once.ts';
import { invokeTakesInput } from './rules/takes-input.ts';
import { invokeWithinBounds } from './rules/within-bounds.ts';
import { streamsEvents } from './rules/streams-events.ts';

export const INVOKE_RULES: readonly Rule<InvokeSubject>[] = [
  streamsEvents,
  invokeEndsOnce,
  invokeTakesInput,
  invokeWithinBounds,
  healthRule(INVOKE_FORM.name),
  refusesGarbageRule(INVOKE_FORM.name, INVOKE_FORM.path),
  largeInputRule(INVOKE_FORM),
  survivesCutCallsRule(INVOKE_FORM),
];

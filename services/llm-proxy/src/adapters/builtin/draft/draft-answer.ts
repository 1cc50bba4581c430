import type { Dice } from '../dice.ts';
import { draftRequestOf, type DraftRequest } from './draft-request.ts';
import { keyFacts } from './key-facts.ts';
import { languageOf } from './language.ts';
import { PHRASES } from './phrases.ts';

/**
 * A letter to a customer: a greeting, the facts that were understood, what there is to tell, an offer, a closing.
 * Written in the language of the customer, from what the prompt says alone.
 */
export function draftAnswer(prompt: string, dice: Dice): string {
  const request = draftRequestOf(prompt);
  const phrases = PHRASES[languageOf(`${request.question}\n${request.answer.join('\n')}`)];
  const { name, answer } = request;
  const facts = factsToRestate(request);
  const opening = [
    dice.pick(phrases.thanks),
    ...(facts.length === 0 ? [] : [fill(phrases.noted, { facts: facts.join('; ') })]),
  ].join(' ');
  return [
    name === '' ? phrases.greetingWithoutName : fill(phrases.greeting, { name }),
    opening,
    ...(answer.length === 0 ? [dice.pick(phrases.next)] : answer),
    dice.pick(phrases.offer),
    phrases.closing,
  ].join('\n\n');
}

/** What the answer says already need not be said twice. */
function factsToRestate({ question, answer, given }: DraftRequest): string[] {
  const told = answer.join('\n');
  return [...given, ...keyFacts(question).filter((fact) => !told.includes(fact))];
}

const fill = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (slot, name: string) => values[name] ?? slot);

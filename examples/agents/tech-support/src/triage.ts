import { detectLanguage, type Language, type Ticket } from '@skein/example-agent-host';
import { findingsIn, type Findings } from './findings.ts';
import { english } from './phrases/english.ts';
import { german } from './phrases/german.ts';
import type { PhraseBook } from './phrases/phrase-book.ts';
import { spanish } from './phrases/spanish.ts';
import { stepsFor, type Step } from './playbook.ts';
import { topicOf, type Topic } from './topic.ts';

/** What is wrong and what to do about it. */
export interface Triage {
  readonly topic: Topic;
  readonly language: Language;
  readonly findings: Findings;
  readonly steps: readonly Step[];
  /** The answer to the customer, in their language. */
  readonly answer: string;
}

const PHRASES: Readonly<Record<Language, PhraseBook>> = { en: english, es: spanish, de: german };

/** Nobody writes more to say what is wrong; what follows is quoted mail. Keeps the work per ticket small. */
const MAX_READ_CHARACTERS = 20_000;

/** Finds out what a ticket is about and which steps help. */
export function triage(ticket: Ticket): Triage {
  const text = `${ticket.subject}\n${ticket.text}`.slice(0, MAX_READ_CHARACTERS);
  const topic = topicOf(text);
  const language = detectLanguage(text);
  const findings = findingsIn(text);
  const steps = stepsFor(topic, findings.attempts);
  return { topic, language, findings, steps, answer: compose(ticket, findings, steps, PHRASES[language]) };
}

function compose(ticket: Ticket, findings: Findings, steps: readonly Step[], phrases: PhraseBook): string {
  const name = ticket.customer['name'];
  const facts = [...findings.errors, ...findings.devices, ...findings.versions].join(', ');
  const attempts = findings.attempts.map((attempt) => phrases.attempts[attempt]).join(', ');
  return [
    typeof name === 'string' && name !== ''
      ? phrases.greeting.replace('{name}', () => name)
      : phrases.greetingWithoutName,
    ...(facts === '' ? [] : [phrases.noted.replace('{facts}', () => facts)]),
    ...(attempts === '' ? [] : [phrases.alreadyTried.replace('{attempts}', () => attempts)]),
    [phrases.stepsFollow, ...steps.map((step, index) => `${index + 1}. ${phrases.steps[step]}`)].join('\n'),
    phrases.closing,
  ].join('\n\n');
}

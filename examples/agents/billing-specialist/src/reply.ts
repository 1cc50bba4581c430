import { detectLanguage, type JsonObject, type Language, type Ticket } from '@skein/example-agent-host';
import { findDates, type NamedDate } from './facts/dates.ts';
import { findMoney, type Money } from './facts/money.ts';
import { findReferences, type References } from './facts/references.ts';
import { intentOf, type Intent } from './intent.ts';
import { english } from './phrases/english.ts';
import { german } from './phrases/german.ts';
import type { Need, PhraseBook } from './phrases/phrase-book.ts';
import { spanish } from './phrases/spanish.ts';

/** An answer to a ticket, and what was read out of it. */
export interface BillingReply {
  readonly response: string;
  readonly collectedData: JsonObject;
}

interface Facts {
  readonly intent: Intent;
  readonly amounts: readonly Money[];
  readonly dates: readonly NamedDate[];
  readonly references: References;
}

const PHRASES: Readonly<Record<Language, PhraseBook>> = { en: english, es: spanish, de: german };

/** What has to be known before an intent can be carried out. */
const REQUIRED: Readonly<Partial<Record<Intent, readonly Need[]>>> = {
  duplicate_charge: ['amount'],
  refund: ['amount', 'date'],
  unknown_charge: ['amount', 'date'],
  invoice_correction: ['invoice_number'],
};

/** Nobody writes more to say what is wrong; what follows is quoted mail. Keeps the work per ticket small. */
const MAX_READ_CHARACTERS = 20_000;

/** Answers a billing ticket, in the language it was written in. */
export function replyTo(ticket: Ticket): BillingReply {
  const text = `${ticket.subject}\n${ticket.text}`.slice(0, MAX_READ_CHARACTERS);
  const language = detectLanguage(text);
  const facts: Facts = {
    intent: intentOf(text),
    amounts: findMoney(text),
    dates: findDates(text, ticket.customer['locale'] === 'en-US'),
    references: findReferences(text),
  };
  const needs = (REQUIRED[facts.intent] ?? []).filter((need) => isMissing(need, facts));
  return {
    response: compose(ticket, facts, needs, PHRASES[language]),
    collectedData: {
      ...(ticket.id === '' ? {} : { ticket_id: ticket.id }),
      intent: facts.intent,
      language,
      amounts: facts.amounts,
      dates: facts.dates,
      invoice_numbers: facts.references.invoiceNumbers,
      purchase_orders: facts.references.purchaseOrders,
      tax_ids: facts.references.taxIds,
      card_endings: facts.references.cardEndings,
      needs,
    },
  };
}

function isMissing(need: Need, { amounts, dates, references }: Facts): boolean {
  switch (need) {
    case 'amount':
      return amounts.length === 0;
    case 'date':
      return dates.length === 0;
    case 'invoice_number':
      return references.invoiceNumbers.length === 0;
  }
}

function compose(ticket: Ticket, facts: Facts, needs: readonly Need[], phrases: PhraseBook): string {
  const name = ticket.customer['name'];
  const noted = notedFacts(facts, phrases);
  const body = [
    ...(noted === '' ? [] : [fill(phrases.noted, { facts: noted })]),
    phrases.answers[facts.intent],
    ...(needs.length === 0 ? [] : [fill(phrases.ask, { needs: needs.map((need) => phrases.needs[need]).join(', ') })]),
  ];
  const greeting =
    typeof name === 'string' && name !== '' ? fill(phrases.greeting, { name }) : phrases.greetingWithoutName;
  return [greeting, body.join(' '), phrases.closing].join('\n\n');
}

function notedFacts({ amounts, dates, references }: Facts, phrases: PhraseBook): string {
  return [
    ...references.invoiceNumbers.map((number) => fill(phrases.invoice, { number })),
    ...references.purchaseOrders.map((number) => fill(phrases.purchaseOrder, { number })),
    ...amounts.map(({ text }) => text),
    ...dates.map(({ text }) => text),
    ...references.cardEndings.map((number) => fill(phrases.card, { number })),
  ].join('; ');
}

const fill = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (slot, name: string) => values[name] ?? slot);

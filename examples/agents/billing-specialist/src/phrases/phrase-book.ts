import type { Intent } from '../intent.ts';

/** What would help to go on. */
export type Need = 'amount' | 'date' | 'invoice_number';

/** The sentences of one language. */
export interface PhraseBook {
  /** `{name}` is the customer's. */
  readonly greeting: string;
  readonly greetingWithoutName: string;
  /** `{facts}` is a list. */
  readonly noted: string;
  readonly invoice: string;
  readonly card: string;
  readonly purchaseOrder: string;
  readonly answers: Readonly<Record<Intent, string>>;
  /** `{needs}` is a list. */
  readonly ask: string;
  readonly needs: Readonly<Record<Need, string>>;
  readonly closing: string;
}

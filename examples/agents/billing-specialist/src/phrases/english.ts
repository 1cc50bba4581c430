import type { PhraseBook } from './phrase-book.ts';

/** English. */
export const english: PhraseBook = {
  greeting: 'Hello {name},',
  greetingWithoutName: 'Hello,',
  noted: 'I have noted: {facts}.',
  invoice: 'invoice {number}',
  card: 'card ending in {number}',
  purchaseOrder: 'purchase order {number}',
  answers: {
    duplicate_charge:
      'We compare both charges with your invoices. The one without an invoice of its own goes back to the same card or account within five working days.',
    payment_booking:
      'We look up your transfer now. As soon as it is booked, the limit on your workspace is lifted; until then all reminders are on hold.',
    payment_declined:
      'Your bank never saw the request, so the card was stopped by our fraud check. Please try again in an hour; the check has been reset for your account.',
    unknown_charge:
      'We trace the entry to the workspace it was made for and tell you what it paid. If it is not yours, you get it back in full.',
    invoice_correction:
      'We cancel the invoice and issue it again with the right details. The new one has its own number and replaces the old one in the portal.',
    cancellation:
      'Your subscription will not renew. You keep access until the end of the paid period and get the confirmation by mail.',
    refund:
      'We check the charge and, if the service was not used, send the money back to where it came from within five working days.',
    discount:
      'We check the discount against your account. If it applies, the difference is credited at once and shown on the next invoice.',
    credit_note: 'The credit note is issued today and set against the open amount. The reminders stop.',
    payment_method:
      'You can replace the card under Settings, Billing, Payment method. Your plan and the paid period stay as they are.',
    plan_change:
      'You can change the plan under Settings, Billing, Plan. The days already paid are credited against the new price, to the cent.',
    invoice_copy:
      'The document is on its way to your mail address. All invoices are also under Settings, Billing, Documents.',
    price_question:
      'The price of your plan is listed under Settings, Billing, Plan, with the date since when it applies and what changed.',
    general: 'A colleague from billing looks at your account and comes back to you within one working day.',
  },
  ask: 'To be sure, please send us {needs}.',
  needs: {
    amount: 'the amount in question',
    date: 'the date of the charge',
    invoice_number: 'the number of the invoice',
  },
  closing: 'Your billing team',
};

/** What a customer wants of the billing department. */
export type Intent =
  | 'duplicate_charge'
  | 'payment_booking'
  | 'payment_declined'
  | 'unknown_charge'
  | 'invoice_correction'
  | 'cancellation'
  | 'refund'
  | 'discount'
  | 'credit_note'
  | 'payment_method'
  | 'plan_change'
  | 'invoice_copy'
  | 'price_question'
  | 'general';

/** The first that fits wins: what is narrow stands before what is wide. */
const RULES: readonly (readonly [Intent, RegExp])[] = [
  [
    'duplicate_charge',
    /\b(?:twice|double[- ]charged|duplicate|dos veces|duplicad\w+|doppelt|zweimal|charged [^.]{0,100} and again)\b/iu,
  ],
  [
    'payment_booking',
    /\b(?:i|we)(?:'ve| have)? paid\b[^]{0,500}\b(?:still|overdue|suspended|limited)\b|\bbezahlt\b[^]{0,500}\bmahnung/iu,
  ],
  ['payment_declined', /\b(?:declined|refused|rejected every|rechazad\w+|abgelehnt)\b/iu],
  ['credit_note', /\b(?:credit note|gutschrift|nota de crédito|abono)\b/iu],
  [
    'invoice_correction',
    /\b(?:incorrect\w*|wrong|equivocad\w+|reissue|re-issue|corrig\w+|korrigier\w*|falsch\w*|mal écrit|vat|nif|ust|reverse charge|purchase order)\b/iu,
  ],
  ['discount', /\b(?:coupon|discount|voucher|promo code|rabatt|gutschein|descuento|cupón|charity|non-profit)\b/iu],
  [
    'unknown_charge',
    /\b(?:unknown|desconocid\w+|unbekannt\w*|unrecogni[sz]ed|what is this for|no he comprado|which account|belong to)/iu,
  ],
  [
    'refund',
    /\b(?:refund\w*|money back|get (?:that|it|this) back|reimburs\w*|reembols\w*|devuelv\w+|devoluci\w+|\w*erstatt\w*)\b/iu,
  ],
  ['cancellation', /\b(?:cancel\w*|dar de baja|baja|kündig\w*|kuendig\w*|renewal|terminate)\b/iu],
  [
    'payment_method',
    /\b(?:new card|change (?:my |the )?card|card (?:has )?expired|tarjeta|kreditkarte|bankverbindung|payment method)\b/iu,
  ],
  ['plan_change', /\b(?:upgrade|downgrade|switch to|to yearly|annual billing|plan anual|tarifwechsel|per seat)\b/iu],
  ['invoice_copy', /\b(?:invoice|receipt|factura|recibo|rechnung|quittung|beleg\w*)\b/iu],
  ['price_question', /\b(?:price|pricing|cost|costs|instead of|more|precio|cuesta|preis|kosten|kostet|überweisen)\b/iu],
];

/** What the customer wants, as far as the words tell. */
export function intentOf(text: string): Intent {
  return RULES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'general';
}

/** Numbers by which a text refers to documents and accounts. */
export interface References {
  readonly invoiceNumbers: readonly string[];
  readonly purchaseOrders: readonly string[];
  readonly taxIds: readonly string[];
  /** Last four digits of cards. */
  readonly cardEndings: readonly string[];
}

const PREFIXED_INVOICE = /\b(?:INV|FAC|RE|RG|CN)[-/#]?\d{2,}(?:[-/]\d+)*\b|\bF\d{4}[-/]\d{2,}\b/giu;
const NAMED_INVOICE =
  /\b(?:invoice|factura|rechnung|facture)\s?(?:no|nr|number|nummer|número|n)?[.º°:# ]{0,3}(\d{3,})\b/giu;
const PURCHASE_ORDER = /\bPO(?: number)?[ :#]*(\d{6,})\b/gu;
const TAX_ID = /\b(?:ATU\d{8}|DE\d{9}|[A-HJNP-W]\d{8})\b/gu;
const CARD_ENDING = /(?:ending(?: in| with)?|terminada en|acaba en|endet auf|endend auf|[*•]{2,4})\s?(\d{4})\b/giu;

/** The references in a text, each once, in the order of the text. */
export function findReferences(text: string): References {
  return {
    invoiceNumbers: unique(text, PREFIXED_INVOICE, NAMED_INVOICE),
    purchaseOrders: unique(text, PURCHASE_ORDER),
    taxIds: unique(text, TAX_ID),
    cardEndings: unique(text, CARD_ENDING),
  };
}

function unique(text: string, ...patterns: readonly RegExp[]): string[] {
  const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? match[0]));
  return [...new Set(found)];
}

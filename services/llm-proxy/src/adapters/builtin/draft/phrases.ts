import type { Language } from './language.ts';

/** What letters are put together from; `{…}` is filled in. Of several, one is drawn. */
export interface Phrases {
  readonly greeting: string;
  readonly greetingWithoutName: string;
  readonly thanks: readonly string[];
  readonly noted: string;
  /** Where there is nothing to pass on. */
  readonly next: readonly string[];
  readonly offer: readonly string[];
  readonly closing: string;
}

export const PHRASES: Readonly<Record<Language, Phrases>> = {
  en: {
    greeting: 'Hello {name},',
    greetingWithoutName: 'Hello,',
    thanks: ['Thank you for writing to us.', 'Thank you for getting in touch.', 'Thanks for letting us know.'],
    noted: 'We have noted: {facts}.',
    next: [
      'We have taken up your request and will write again as soon as there is news.',
      'A colleague looks into it now and will get back to you within one working day.',
    ],
    offer: [
      'If anything is missing or unclear, simply answer this message.',
      'Should you have further questions, just answer this message.',
    ],
    closing: 'Kind regards\nYour support team',
  },
  es: {
    greeting: 'Hola, {name}:',
    greetingWithoutName: 'Hola:',
    thanks: ['Gracias por escribirnos.', 'Gracias por ponerse en contacto con nosotros.', 'Gracias por avisarnos.'],
    noted: 'Hemos anotado: {facts}.',
    next: [
      'Hemos recogido su petición y le escribiremos en cuanto haya novedades.',
      'Una compañera lo está revisando y le responderá en el plazo de un día laborable.',
    ],
    offer: [
      'Si falta algo o no queda claro, responda sin más a este mensaje.',
      'Para cualquier otra pregunta, responda a este mensaje.',
    ],
    closing: 'Un cordial saludo\nSu equipo de asistencia',
  },
  de: {
    greeting: 'Guten Tag {name},',
    greetingWithoutName: 'Guten Tag,',
    thanks: [
      'danke für Ihre Nachricht.',
      'vielen Dank, dass Sie uns schreiben.',
      'danke, dass Sie uns Bescheid geben.',
    ],
    noted: 'Wir haben notiert: {facts}.',
    next: [
      'Wir haben Ihr Anliegen aufgenommen und melden uns, sobald es Neues gibt.',
      'Eine Kollegin sieht es sich an und antwortet Ihnen binnen eines Werktags.',
    ],
    offer: [
      'Fehlt etwas oder ist etwas unklar, antworten Sie einfach auf diese Nachricht.',
      'Bei weiteren Fragen antworten Sie einfach auf diese Nachricht.',
    ],
    closing: 'Freundliche Grüße\nIhr Kundendienst',
  },
};

import type { PhraseBook } from './phrase-book.ts';

/** German. */
export const german: PhraseBook = {
  greeting: 'Guten Tag {name},',
  greetingWithoutName: 'Guten Tag,',
  noted: 'Ich habe notiert: {facts}.',
  invoice: 'Rechnung {number}',
  card: 'Karte mit Endziffern {number}',
  purchaseOrder: 'Bestellnummer {number}',
  answers: {
    duplicate_charge:
      'Wir gleichen beide Abbuchungen mit Ihren Rechnungen ab. Die ohne eigene Rechnung geht binnen fünf Werktagen auf dieselbe Karte oder dasselbe Konto zurück.',
    payment_booking:
      'Wir suchen Ihre Überweisung jetzt. Sobald sie gebucht ist, fällt die Einschränkung weg; bis dahin ruhen alle Mahnungen.',
    payment_declined:
      'Ihre Bank hat die Anfrage nie gesehen: Unsere Betrugsprüfung hat sie angehalten. Bitte versuchen Sie es in einer Stunde noch einmal; die Prüfung ist zurückgesetzt.',
    unknown_charge:
      'Wir ermitteln, zu welchem Konto die Buchung gehört und was damit bezahlt wurde. Ist es nicht Ihres, bekommen Sie alles zurück.',
    invoice_correction:
      'Wir stornieren die Rechnung und stellen sie mit den richtigen Angaben neu aus. Die neue hat eine eigene Nummer und ersetzt die alte.',
    cancellation:
      'Ihr Abo verlängert sich nicht. Sie behalten den Zugang bis zum Ende der bezahlten Zeit und bekommen die Bestätigung per E-Mail.',
    refund:
      'Wir prüfen die Abbuchung und überweisen das Geld, wenn nichts genutzt wurde, binnen fünf Werktagen zurück.',
    discount:
      'Wir prüfen den Rabatt für Ihr Konto. Steht er Ihnen zu, wird die Differenz sofort gutgeschrieben und auf der nächsten Rechnung ausgewiesen.',
    credit_note:
      'Die Gutschrift wird heute ausgestellt und mit dem offenen Betrag verrechnet. Es kommen keine Erinnerungen mehr.',
    payment_method:
      'Die Karte ersetzen Sie unter Einstellungen, Abrechnung, Zahlungsart. Tarif und bezahlte Zeit bleiben, wie sie sind.',
    plan_change:
      'Den Tarif wechseln Sie unter Einstellungen, Abrechnung, Tarif. Die schon bezahlten Tage werden auf den Cent genau angerechnet.',
    invoice_copy:
      'Der Beleg ist auf dem Weg in Ihr Postfach. Alle Rechnungen stehen auch unter Einstellungen, Abrechnung, Dokumente.',
    price_question:
      'Der Preis Ihres Tarifs steht unter Einstellungen, Abrechnung, Tarif, mit dem Datum, seit dem er gilt, und dem, was sich geändert hat.',
    general: 'Eine Kollegin der Abrechnung sieht sich Ihr Konto an und meldet sich binnen eines Werktags.',
  },
  ask: 'Schicken Sie uns zur Sicherheit bitte {needs}.',
  needs: {
    amount: 'den Betrag, um den es geht',
    date: 'das Datum der Abbuchung',
    invoice_number: 'die Nummer der Rechnung',
  },
  closing: 'Ihr Team der Abrechnung',
};

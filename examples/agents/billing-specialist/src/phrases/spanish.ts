import type { PhraseBook } from './phrase-book.ts';

/** Spanish. */
export const spanish: PhraseBook = {
  greeting: 'Hola, {name}:',
  greetingWithoutName: 'Hola:',
  noted: 'He anotado: {facts}.',
  invoice: 'factura {number}',
  card: 'tarjeta terminada en {number}',
  purchaseOrder: 'pedido {number}',
  answers: {
    duplicate_charge:
      'Comparamos los dos cargos con sus facturas. El que no tenga factura propia se devuelve a la misma tarjeta o cuenta en cinco días hábiles.',
    payment_booking:
      'Buscamos ahora su transferencia. En cuanto esté registrada se levanta la limitación; hasta entonces no recibirá más avisos.',
    payment_declined:
      'Su banco no llegó a ver la solicitud: la detuvo nuestro control antifraude. Inténtelo de nuevo en una hora; el control se ha reiniciado.',
    unknown_charge:
      'Averiguamos a qué cuenta corresponde el cargo y qué se pagó con él. Si no es suyo, se lo devolvemos entero.',
    invoice_correction:
      'Anulamos la factura y la emitimos de nuevo con los datos correctos. La nueva lleva su propio número y sustituye a la anterior.',
    cancellation:
      'Su suscripción no se renovará. Conserva el acceso hasta el final del periodo pagado y recibe la confirmación por correo.',
    refund: 'Revisamos el cargo y, si el servicio no se usó, devolvemos el dinero a su origen en cinco días hábiles.',
    discount:
      'Comprobamos el descuento en su cuenta. Si corresponde, la diferencia se abona enseguida y aparece en la próxima factura.',
    credit_note: 'La nota de abono se emite hoy y se descuenta del importe pendiente. Los avisos se detienen.',
    payment_method:
      'Puede cambiar la tarjeta en Ajustes, Facturación, Forma de pago. El plan y el periodo pagado se mantienen.',
    plan_change:
      'Puede cambiar de plan en Ajustes, Facturación, Plan. Los días ya pagados se descuentan del nuevo precio, al céntimo.',
    invoice_copy:
      'El documento va camino de su correo. Todas las facturas están también en Ajustes, Facturación, Documentos.',
    price_question:
      'El precio de su plan está en Ajustes, Facturación, Plan, con la fecha desde la que se aplica y lo que ha cambiado.',
    general: 'Un compañero de facturación revisa su cuenta y le responde en un día hábil.',
  },
  ask: 'Para ir sobre seguro, envíenos {needs}.',
  needs: {
    amount: 'el importe',
    date: 'la fecha del cargo',
    invoice_number: 'el número de la factura',
  },
  closing: 'Su equipo de facturación',
};

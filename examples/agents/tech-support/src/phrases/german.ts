import type { PhraseBook } from './phrase-book.ts';

/** German. */
export const german: PhraseBook = {
  greeting: 'Guten Tag {name},',
  greetingWithoutName: 'Guten Tag,',
  noted: 'das sehe ich: {facts}.',
  alreadyTried: 'Versucht haben Sie schon: {attempts}. Das lasse ich weg.',
  attempts: {
    restart: 'Neustart',
    reinstall: 'neue Installation',
    clear_cache: 'Cache leeren',
    reset: 'Zurücksetzen',
    update: 'neueste Version',
    other_browser: 'anderer Browser',
    new_token: 'neues Token',
  },
  stepsFollow: 'Bitte gehen Sie der Reihe nach vor und hören Sie auf, wo es wieder geht:',
  steps: {
    restart: 'Starten Sie das ganze Gerät neu, nicht nur die App.',
    update: 'Spielen Sie die neueste Version der App und des Systems ein.',
    reinstall: 'Entfernen Sie die App und installieren Sie sie neu; Ihre Daten bleiben auf dem Server.',
    clear_cache: 'Löschen Sie Cache und Cookies unserer Seiten und laden Sie die Seite neu.',
    other_browser: 'Versuchen Sie einen anderen Browser in einem privaten Fenster, ohne Erweiterungen.',
    reset: 'Setzen Sie das Gerät über das Loch an der Rückseite zurück: zehn Sekunden gedrückt halten.',
    status_page: 'Sehen Sie auf der Statusseite nach; Störungen Ihrer Region melden wir dort zuerst.',
    send_log:
      'Schicken Sie uns das Protokoll aus Hilfe, Diagnose, Bericht speichern, mit der Uhrzeit des letzten Males.',
    send_request_ids: 'Schicken Sie uns drei Anfragekennungen mit Uhrzeit, damit wir sie bei uns finden.',
    new_token: 'Erzeugen Sie ein neues Token und prüfen Sie, dass das Geheimnis auf beiden Seiten gleich ist.',
    password_link:
      'Fordern Sie einen neuen Passwort-Link an und benutzen Sie nur den neuesten; die älteren gelten dann nicht mehr.',
    prove_identity:
      'Antworten Sie auf diese Nachricht von der Adresse des Kontos; eine Kollegin entsperrt es binnen einer Stunde.',
    clock: 'Stellen Sie die Uhr des Geräts auf automatisch; eine Minute daneben macht Codes und Zertifikate ungültig.',
    identity_metadata:
      'Laden Sie die Metadaten Ihres Identitätsanbieters neu hoch und vergleichen Sie Fingerabdruck und Antwortadresse.',
    certificate_chain: 'Prüfen Sie, dass die ganze Zertifikatskette ausgeliefert wird, nicht nur das letzte Glied.',
    retry_after:
      'Warten Sie vor der nächsten Anfrage so lange, wie Retry-After sagt; wir prüfen derweil den Zähler Ihres Kontos.',
    run_as_admin:
      'Starten Sie das Installationsprogramm als Administrator aus einem lokalen Ordner, nicht vom Netzlaufwerk.',
    pause_and_resume:
      'Halten Sie den Abgleich an, schließen Sie Programme mit offenen Dateien und setzen Sie ihn fort.',
    smaller_parts: 'Übertragen Sie große Dateien in Teilen unter 1 GB, bis wir Ihre Zeitgrenze angehoben haben.',
    touch_nothing:
      'Lassen Sie die betroffenen Ordner, wie sie sind: nichts ändern, nichts wiederherstellen, nichts hochladen.',
    restore:
      'Wir vergleichen Ihren Bereich mit der Sicherung der letzten Nacht und holen Fehlendes zurück; Sie hören binnen zwei Stunden von uns.',
    utf8: 'Öffnen Sie die Datei als UTF-8; in der Tabellenkalkulation über Daten, Aus Text.',
    permissions:
      'Prüfen Sie die Berechtigung der App in den Einstellungen des Systems und erteilen Sie sie noch einmal.',
    audio_input:
      'Wählen Sie das Mikrofon in den Einstellungen des Anrufs; der Browser hat vielleicht ein anderes genommen.',
    cable_and_driver:
      'Schließen Sie das Gerät direkt an, ohne Verteiler, und installieren Sie den Treiber des Herstellers neu.',
    power_supply: 'Benutzen Sie das mitgelieferte Netzteil; ein schwächeres lässt das Gerät immer wieder neu starten.',
    wifi_band: 'Verbinden Sie sich mit dem 2,4-GHz-Netz; 5 GHz sieht das Gerät nicht.',
    background_activity:
      'Erlauben Sie Hintergrundaktivität nur für Benachrichtigungen und nehmen Sie die App vom Stromsparen aus.',
    describe:
      'Schreiben Sie uns, was Sie getan haben, was Sie erwartet haben und was stattdessen kam, möglichst mit Bild.',
  },
  closing:
    'Bleibt es dabei, antworten Sie auf diese Nachricht; dann sehen wir gemeinsam nach.\nIhr technischer Support',
};

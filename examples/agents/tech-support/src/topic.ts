/** What kind of trouble a ticket is about. */
export type Topic =
  | 'data_loss'
  | 'two_factor'
  | 'single_sign_on'
  | 'sign_in'
  | 'certificate'
  | 'api'
  | 'install'
  | 'sync'
  | 'encoding'
  | 'notifications'
  | 'sound'
  | 'peripheral'
  | 'crash'
  | 'network'
  | 'hub'
  | 'battery'
  | 'performance'
  | 'web_page'
  | 'general';

/** The first that fits wins: what is narrow, or urgent, stands before what is wide. */
const RULES: readonly (readonly [Topic, RegExp])[] = [
  [
    'data_loss',
    /\b(?:data loss|documents? (?:are |is )?(?:missing|gone)|missing (?:documents|files)|lost (?:all|my|our) (?:data|files))\b/iu,
  ],
  ['single_sign_on', /\b(?:sso|saml|okta|single sign|openid)\b/iu],
  ['two_factor', /\b(?:2fa|two-?factor|otp|verification code|código de verificación|backup codes)\b/iu],
  [
    'sign_in',
    /\b(?:log ?in|sign in|signing in|password|passworts?|kennwort|contraseña|iniciar sesión|anmelden|mot de passe)\b/iu,
  ],
  ['certificate', /\b(?:certificate|tls|ssl|zertifikat|ERR_CERT_\w+)\b/iu],
  ['api', /\b(?:api|webhooks?|endpoint|sdk|rate limit\w*|integration|POST \/\S+|GET \/\S+)\b/iu],
  ['install', /\b(?:installer|installing|installation|instalador)\b/iu],
  ['encoding', /\b(?:umlauts?|garbled?s?|encoding|csv|zeichensatz)\b/iu],
  ['sync', /\b(?:sync\w*|upload\w*|hochladen|subir|sincroniz\w+|synchron\w+)\b/iu],
  ['notifications', /\b(?:notifications?|benachrichtigung\w*|notificaciones)\b/iu],
  ['sound', /\b(?:no sound|microphone|mikrofon|micrófono|hear me|speaker)\b/iu],
  ['peripheral', /\b(?:printer|drucker|impresora|scanner|usb)\b/iu],
  ['battery', /\b(?:battery|akku|batería)\b/iu],
  ['hub', /\b(?:hub)\b/iu],
  ['crash', /\b(?:crash\w*|freez\w*|frozen|closes|se cierra|absturz|stürzt|schwarz|black screen|white screen)\b/iu],
  ['network', /\b(?:wi-?fi|wlan|router|internet|offline|vpn|dns|conexión|verbindung)\b/iu],
  ['performance', /\b(?:slow|lag\w*|langsam|lent[ao]|cpu|seco?n?d?s to load)\b/iu],
  ['web_page', /\b(?:page|browser|button|chrome|firefox|safari|seite|página|console)\b/iu],
];

/** What a text is about, as far as its words tell. */
export function topicOf(text: string): Topic {
  return RULES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'general';
}

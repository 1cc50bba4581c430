/** What a person has already tried by themselves. */
export type Attempt = 'restart' | 'reinstall' | 'clear_cache' | 'reset' | 'update' | 'other_browser' | 'new_token';

/** Technical facts that a text names. */
export interface Findings {
  /** Such as `0x80070490`, `HTTP 401`, `ERR_LOCKED_FILE`. */
  readonly errors: readonly string[];
  /** Devices, systems and browsers, such as `Windows 11`. */
  readonly devices: readonly string[];
  /** Such as `v5.2.1`. */
  readonly versions: readonly string[];
  readonly attempts: readonly Attempt[];
}

const ERRORS = [
  /\b0x[0-9a-f]{4,8}\b/giu,
  /\bERR_[A-Z_]{3,40}\b/gu,
  /\b(?:HTTP|error|code|fehler|código|status)[ :#"(]{1,3}\d{3,5}\b/giu,
  /\b(?:401|403|404|429|500|502|503|504)\b/gu,
  /\b(?:TypeError|ReferenceError|NullPointerException|segmentation fault)\b/gu,
] as const;

const DEVICES = [
  /\b(?:iPhone|iPad)(?: \d{1,2})?(?: Pro| Plus| Max| mini)?/giu,
  /\b(?:Galaxy|Pixel|Xperia)(?: (?:S|Tab|Note|A)?\d{1,3}| Tab)?/giu,
  /\bWindows (?:\d{1,2}|server)\b/giu,
  /\b(?:macOS|MacBook|Ubuntu|Debian|Linux)\b/giu,
  /\b(?:iOS|Android) \d{1,2}(?:\.\d{1,2})?/giu,
  /\b(?:Chrome|Firefox|Safari|Edge)(?: \d{2,3})?\b/gu,
  /\bFRITZ!Box \d{4}|\bZebra \w{2,10}|\bsmart hub\b/giu,
] as const;

const VERSIONS = [
  /\bv\d{1,3}\.\d{1,3}(?:\.\d{1,4})?\b/giu,
  /(?<=\b(?:version|client|firmware) )\d{1,3}\.\d{1,3}(?:\.\d{1,4})?\b/giu,
] as const;

const ATTEMPTS: Readonly<Record<Attempt, RegExp>> = {
  restart: /\b(?:restarted|rebooted|neustart|neu gestartet|reinici\p{L}+)\b/iu,
  reinstall: /\b(?:re-?installed|neu installiert|reinstal\p{L}+)/iu,
  clear_cache: /\bcleared the cache|cache gelöscht|(?:borré|borrado) la caché/iu,
  reset: /\b(?:factory reset|zurücksetzen habe|zurückgesetzt|restablec\p{L}+)\b/iu,
  update: /\b(?:newest|latest) (?:version|driver|update)|driver is the newest|aktualisiert/iu,
  other_browser: /\b(?:in (?:every|another|all) browsers?|Chrome and Safari|Edge und Firefox)\b/iu,
  new_token: /\bnew token|neues token\b/iu,
};

/** More would be a log, and an answer that repeats a log helps nobody. */
const MAX_PER_KIND = 10;

/** Reads the technical facts out of a text, each once, in the order of the text, at most 10 of a kind. */
export function findingsIn(text: string): Findings {
  return {
    errors: withoutParts(unique(text, ERRORS)),
    devices: unique(text, DEVICES),
    versions: unique(text, VERSIONS),
    attempts: (Object.keys(ATTEMPTS) as Attempt[]).filter((attempt) => ATTEMPTS[attempt].test(text)),
  };
}

function unique(text: string, patterns: readonly RegExp[]): string[] {
  const matches = patterns.flatMap((pattern) => [...text.matchAll(pattern)]);
  const inOrder = matches.toSorted((a, b) => a.index - b.index).map((match) => match[0].trim());
  return [...new Set(inOrder)].slice(0, MAX_PER_KIND);
}

/** `HTTP 401` says all that `401` does. */
function withoutParts(found: readonly string[]): string[] {
  return found.filter((one) => !found.some((other) => other !== one && other.includes(one)));
}

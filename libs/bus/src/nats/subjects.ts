import type { MailboxAddress, RunAddress } from '../event-bus.ts';

/**
 * The subjects of one installation, and the tokens they are made of.
 *
 *   PREFIX.events.NAMESPACE            event batches, kept by the stream
 *   PREFIX.tasks.NAMESPACE.RUN_ID      task events
 *   PREFIX.confirmations               confirmations of event batches
 *   PREFIX.mailboxes.NAMESPACE.MAILBOX notices that a message has come
 */
export class Subjects {
  readonly confirmations: string;
  readonly allEvents: string;
  /** Name of the stream that keeps event batches. */
  readonly stream: string;
  readonly #events: string;
  readonly #tasks: string;
  readonly #mailboxes: string;

  /** Takes a prefix of letters, digits, `_` and `-`. */
  constructor(prefix: string) {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(prefix)) {
      throw new RangeError(`a subject prefix is 1 to 64 letters, digits, "_" or "-", not ${JSON.stringify(prefix)}`);
    }
    this.stream = `${prefix.toUpperCase()}_EVENTS`;
    this.confirmations = `${prefix}.confirmations`;
    this.#events = `${prefix}.events.`;
    this.allEvents = `${this.#events}*`;
    this.#tasks = `${prefix}.tasks.`;
    this.#mailboxes = `${prefix}.mailboxes.`;
  }

  events(namespace: string): string {
    return this.#events + encodeToken(namespace);
  }

  /** The namespace that `events` made this subject of. */
  namespaceOf(eventsSubject: string): string {
    return decodeToken(eventsSubject.slice(this.#events.length));
  }

  taskEvents(run: RunAddress): string {
    return `${this.#tasks}${encodeToken(run.namespace)}.${encodeToken(run.runId)}`;
  }

  mailboxNotices({ namespace, mailbox }: MailboxAddress): string {
    return `${this.#mailboxes}${encodeToken(namespace)}.${encodeToken(mailbox)}`;
  }
}

/**
 * Any string as one subject token: letters, digits, `_` and `-` stay, every other byte of its UTF-8 becomes `=XX`.
 * Two different strings never share a token; the empty string is `=`.
 */
export function encodeToken(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  if (text === '') return '=';
  let token = '';
  for (const byte of new TextEncoder().encode(text)) {
    const char = String.fromCharCode(byte);
    token += /[A-Za-z0-9_-]/.test(char) ? char : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return token;
}

/** The string that `encodeToken` made this token of. Throws a `RangeError` on any other token. */
export function decodeToken(token: string): string {
  if (token === '=') return '';
  if (!/^(?:[A-Za-z0-9_-]|=[0-9A-F]{2})+$/.test(token)) {
    throw new RangeError(`${JSON.stringify(token)} is not a subject token of this bus`);
  }
  try {
    return decodeURIComponent(token.replaceAll('=', '%'));
  } catch (cause) {
    throw new RangeError(`${JSON.stringify(token)} is not a subject token of this bus`, { cause });
  }
}

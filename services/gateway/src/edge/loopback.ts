/**
 * Nothing is authenticated yet, so that only this machine may ask: the socket is bound to loopback, and what a page of
 * another site makes a browser send here is refused.
 */
import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** The gateway was told to listen where other machines can reach it. */
export class ExposedAddressError extends Error {
  readonly reason = 'ADDRESS_NOT_LOOPBACK';
  readonly place = 'SKEIN_HOST';
  readonly remedy: string;

  constructor(host: string) {
    const remedy =
      'set SKEIN_HOST to 127.0.0.1, ::1 or localhost; to reach it from elsewhere, put a tunnel or a proxy that authenticates in front of it';
    super(
      `the gateway does not listen on ${host}: it authenticates nobody yet, so that whoever reaches it may do everything; ${remedy}`,
    );
    this.name = 'ExposedAddressError';
    this.remedy = remedy;
  }
}

/** Whether an address, or the name of one, is this machine's own. Other names may be anybody's. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const family = isIP(name);
  if (family === 0) return name === 'localhost' || name.endsWith('.localhost');
  return LOOPBACK.check(name, family === 4 ? 'ipv4' : 'ipv6');
}

/** @throws ExposedAddressError unless `host` is loopback. */
export function assertLoopback(host: string): void {
  if (!isLoopback(host)) throw new ExposedAddressError(host);
}

/** Which header shows that a page of another site is behind a request; undefined: none does. */
export function foreignHeader(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): string | undefined {
  const origin = headers['origin'];
  if (typeof origin === 'string' && !isLoopback(URL.parse(origin)?.hostname ?? '')) return 'Origin';
  const authority = headers[':authority'] ?? headers['host'];
  return typeof authority !== 'string' || isOwnAuthority(authority) ? undefined : 'Host';
}

/** The last one that was this machine's own: connections are few, and each says the same every time. */
let lastOwn = '';

function isOwnAuthority(authority: string): boolean {
  if (authority === lastOwn) return true;
  // A name that an attacker made to resolve to 127.0.0.1 is still a name of his; addresses are nobody's.
  const host = URL.parse(`http://${authority}`)?.hostname;
  if (host === undefined) return true;
  const isOwn = isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0 || isLoopback(host);
  if (isOwn) lastOwn = authority;
  return isOwn;
}

import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';

/** The attempt of a node that a token is of. */
export interface RunTokenClaims {
  readonly namespace: string;
  readonly runId: string;
  readonly nodeId: string;
  readonly attempt: number;
}

const MAC_BYTES = 16;

/**
 * Makes the tokens by which agents prove which attempt they work on, and reads them: the claims, and a MAC of them
 * (HMAC-SHA-256, RFC 2104, its first 128 bits), both as base64url. Nothing is kept of a token; whether its attempt is at work
 * still is a question to the run.
 */
export class RunTokens {
  /** Made once: from bytes it would be made anew for each token, which costs ten times the MAC. */
  readonly #key: KeyObject;

  /** All schedulers of a platform have the same key. */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  issue({ namespace, runId, nodeId, attempt }: RunTokenClaims): string {
    const claims = Buffer.from(JSON.stringify([namespace, runId, nodeId, attempt])).toString('base64url');
    return `${claims}.${this.#macOf(claims).toString('base64url')}`;
  }

  /** Undefined: this platform has not made it. */
  read(token: string): RunTokenClaims | undefined {
    const [claims = '', mac = '', ...rest] = token.split('.');
    const given = Buffer.from(mac, 'base64url');
    if (rest.length > 0 || given.byteLength !== MAC_BYTES || !timingSafeEqual(given, this.#macOf(claims)))
      return undefined;
    const [namespace, runId, nodeId, attempt]: readonly unknown[] = JSON.parse(
      Buffer.from(claims, 'base64url').toString(),
    );
    return { namespace: String(namespace), runId: String(runId), nodeId: String(nodeId), attempt: Number(attempt) };
  }

  #macOf(claims: string): Buffer {
    return createHmac('sha256', this.#key).update(claims).digest().subarray(0, MAC_BYTES);
  }
}

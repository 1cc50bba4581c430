/**
 * Large payloads leave their transition: what is stored and carried has a claim in their place.
 *
 * D1. A transition of at most `CLAIM_OVER_BYTES` has no claim, and is never looked into.
 * D2. Redeeming what was claimed gives the same transition, byte for byte.
 */
import { createHash } from 'node:crypto';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { TransitionSchema } from '@skein/contracts/event';
import { PayloadClaimSchema, type Payload as PayloadMessage, type PayloadClaim } from '@skein/contracts/type';

/** Payloads of more bytes than this are claimed. */
export const CLAIM_OVER_BYTES = 256 * 1024;

/** The text of a payload that is kept beside its event. */
export interface ClaimedPayload {
  /** SHA-256 of the text, hexadecimal. */
  readonly digest: string;
  /** JSON text. */
  readonly json: Uint8Array;
}

/** A transition, and the payloads that have left it. */
export interface ClaimedTransition {
  readonly body: Uint8Array;
  /** Each text once. */
  readonly payloads: readonly ClaimedPayload[];
}

/** Takes the large payloads out of an encoded transition. */
export function claimPayloads(body: Uint8Array, overBytes = CLAIM_OVER_BYTES): ClaimedTransition {
  if (body.byteLength <= overBytes) return { body, payloads: [] };
  const transition = fromBinary(TransitionSchema, body);
  const taken = new Map<string, ClaimedPayload>();
  for (const payload of payloadsIn(transition)) {
    const { json } = payload;
    if (json.byteLength <= overBytes) continue;
    const digest = createHash('sha256').update(json).digest();
    taken.set(digest.toString('hex'), { digest: digest.toString('hex'), json });
    payload.claim = create(PayloadClaimSchema, { digest, sizeBytes: BigInt(json.byteLength) });
    payload.json = new Uint8Array();
  }
  if (taken.size === 0) return { body, payloads: [] };
  return { body: toBinary(TransitionSchema, transition), payloads: [...taken.values()] };
}

/** Puts payloads back into an encoded transition. What `find` does not know stays a claim. */
export function redeemTransition(body: Uint8Array, find: (digest: string) => Uint8Array | undefined): Uint8Array {
  const transition = fromBinary(TransitionSchema, body);
  const claims = claimsIn(transition);
  if (claims.length === 0) return body;
  for (const { digest, redeem } of claims) {
    const json = find(digest);
    if (json !== undefined) redeem(json);
  }
  return toBinary(TransitionSchema, transition);
}

/** A claim in a message. */
export interface OpenClaim {
  /** SHA-256 of the text, hexadecimal. */
  readonly digest: string;
  /** Puts the text into its place. */
  readonly redeem: (json: Uint8Array) => void;
}

/** The claims in a message that nobody has redeemed. */
export function claimsIn(message: object): OpenClaim[] {
  const claims: OpenClaim[] = [];
  for (const payload of payloadsIn(message)) {
    const { claim } = payload;
    if (claim === undefined) continue;
    claims.push({
      digest: digestOfClaim(claim),
      redeem: (json) => {
        payload.json = json;
        delete payload.claim;
      },
    });
  }
  return claims;
}

/** The digest that a claim names, hexadecimal. */
export function digestOfClaim({ digest }: PayloadClaim): string {
  return Buffer.from(digest).toString('hex');
}

/** Free-form JSON in a message holds no bytes, so that nothing in it passes for a payload. */
function* payloadsIn(value: unknown): Generator<PayloadMessage> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (isPayload(value)) yield value;
  else for (const field of Object.values(value)) yield* payloadsIn(field);
}

function isPayload(value: object): value is PayloadMessage {
  return (
    '$typeName' in value &&
    value.$typeName === 'skein.type.v1.Payload' &&
    'json' in value &&
    value.json instanceof Uint8Array
  );
}

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { PackageSignatureError } from './package-errors.ts';
import { digestOf, SIGNATURE_FILE, type PackageFiles } from './package-files.ts';

/** Who signed a package, once the signature is known to fit. */
export interface PackageSignature {
  readonly keyId: string;
  /** PEM. */
  readonly publicKey: string;
}

/** A new key, as PEM. */
export interface SigningKey extends PackageSignature {
  readonly privateKey: string;
}

const KEY_ID_DIGITS = 32;

/** Makes an Ed25519 key. */
export function makeKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    ...readPublicKey(pemOf(publicKey)),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** A public key in its one spelling, and its id. @throws PackageSignatureError where it is not Ed25519 in PEM. */
export function readPublicKey(pem: string): PackageSignature {
  const key = keyOf(() => createPublicKey(pem));
  if (pem.includes('PRIVATE KEY')) throw new PackageSignatureError('this is a private key; give the public one');
  const der = key.export({ type: 'spki', format: 'der' });
  return { keyId: createHash('sha256').update(der).digest('hex').slice(0, KEY_ID_DIGITS), publicKey: pemOf(key) };
}

/** The files with a signature, instead of one that was there. @throws PackageSignatureError where the key is none. */
export function signFiles(files: PackageFiles, privateKeyPem: string): PackageFiles {
  const key = keyOf(() => createPrivateKey(privateKeyPem));
  const digest = digestOf(files);
  const { keyId, publicKey } = readPublicKey(pemOf(createPublicKey(key)));
  const signature = sign(null, signedBytes(digest), key).toString('base64');
  const content = { algorithm: 'ed25519', key_id: keyId, public_key: publicKey, digest, signature };
  const data = Buffer.from(`${JSON.stringify(content, undefined, 2)}\n`);
  return new Map(files).set(SIGNATURE_FILE, { data, executable: false });
}

/** Who signed the files; undefined: nobody. @throws PackageSignatureError where the signature does not fit them. */
export function signatureOf(files: PackageFiles): PackageSignature | undefined {
  const file = files.get(SIGNATURE_FILE);
  if (file === undefined) return undefined;
  const { algorithm, key_id, public_key, digest, signature } = parse(file.data);
  if (algorithm !== 'ed25519') throw new PackageSignatureError('the signature is not of the algorithm ed25519');
  const { keyId, publicKey } = readPublicKey(public_key);
  if (keyId !== key_id) throw new PackageSignatureError('the signature names another key than it brings');
  const actual = digestOf(files);
  if (digest !== actual) {
    throw new PackageSignatureError(
      `the files are not those that were signed: they are ${actual}, signed was ${digest}`,
    );
  }
  const fits = verify(null, signedBytes(actual), createPublicKey(publicKey), Buffer.from(signature, 'base64'));
  if (!fits) throw new PackageSignatureError('the signature was not made with the key that it names');
  return { keyId, publicKey };
}

function signedBytes(digest: string): Buffer {
  return Buffer.from(`skein-package-signature-v1\n${digest}\n`);
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function keyOf(read: () => KeyObject): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read();
  } catch (cause) {
    throw new PackageSignatureError('this is no key in PEM', { cause });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new PackageSignatureError('this is no Ed25519 key');
  return key;
}

type Parsed = Readonly<Record<'algorithm' | 'key_id' | 'public_key' | 'digest' | 'signature', string>>;

function parse(data: Buffer): Parsed {
  let json: unknown;
  try {
    json = JSON.parse(data.toString('utf8'));
  } catch (cause) {
    throw new PackageSignatureError(`${SIGNATURE_FILE} is no JSON`, { cause });
  }
  const given = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  for (const name of ['algorithm', 'key_id', 'public_key', 'digest', 'signature']) {
    if (typeof given[name] !== 'string') throw new PackageSignatureError(`${SIGNATURE_FILE} lacks ${name}`);
  }
  return given as Parsed;
}

import { readFile } from 'node:fs/promises';
import { getCACertificates } from 'node:tls';

/** Whose certificates connections over TLS trust. */
export interface TrustedRoots {
  /** Certificates of authorities in PEM, one after the other. */
  readonly pem: string;
}

/** Those that Node.js trusts, those of the machine, and `morePem`. They are read when they are first needed. */
export function trustedRoots(morePem = ''): TrustedRoots {
  let pem: string | undefined;
  return {
    get pem() {
      pem ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system'), morePem])].join('\n');
      return pem;
    },
  };
}

/** Those of `trustedRoots` with the certificates of a file. @throws Error that names the setting. */
export async function trustedRootsIn(path: string, setting: string): Promise<TrustedRoots> {
  try {
    return trustedRoots(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new Error(`the certificates of ${setting} cannot be read from ${path}`, { cause });
  }
}

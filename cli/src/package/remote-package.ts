/** Packages of another platform, over its REST interface. */
import { openPackage, PACKAGE_LIMITS } from '@skein/packages';
import { CliError, invalidValue } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { withPackageTrouble } from './package-trouble.ts';

const MAX_ATTEMPTS = 5;

/** A package that is somewhere else. */
export interface RemotePackage {
  /** `URL#PUBLISHER/NAME@RANGE`, as it was given. */
  readonly source: string;
  readonly archive: Uint8Array;
  readonly name: string;
  readonly version: string;
}

/** Whether it names a package of another platform. */
export function isRemote(source: string): boolean {
  return /^https?:\/\//.test(source);
}

/** The name and the range of versions in `PUBLISHER/NAME@RANGE`. */
export function splitName(text: string): { readonly name: string; readonly version: string } {
  const [name = '', version = ''] = text.split('@', 2);
  return { name, version };
}

/** Downloads a package, going on where a connection broke, and checks that it is what the other platform said. */
export async function downloadRemote(source: string, signal: AbortSignal): Promise<RemotePackage> {
  const [base = '', fragment = ''] = source.split('#', 2);
  const { name, version } = splitName(fragment);
  if (!/^[^/]+\/[^/]+$/.test(name)) {
    throw invalidValue(source, 'this names no package', 'write URL#PUBLISHER/NAME, with @RANGE where wanted');
  }
  const url = new URL(`${base.replace(/\/+$/, '')}/api/v1/packages/${name}/archive`);
  url.searchParams.set('version', version);
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  let digest = '';
  for (let attempt = 1; ; attempt += 1) {
    try {
      url.searchParams.set('offset_bytes', String(sizeBytes));
      if (digest !== '') url.searchParams.set('digest', digest);
      const response = await fetch(url, { signal });
      if (!response.ok) throw await refused(source, response);
      digest = response.headers.get('etag')?.replaceAll('"', '') ?? '';
      for await (const piece of response.body ?? []) {
        sizeBytes += piece.length;
        if (sizeBytes > PACKAGE_LIMITS.archiveBytes) throw broken(source, 'it is larger than a package may be');
        pieces.push(piece);
      }
      break;
    } catch (error) {
      if (error instanceof CliError || signal.aborted) throw error;
      if (attempt === MAX_ATTEMPTS) throw broken(source, 'the connection broke', error);
    }
  }
  const archive = Buffer.concat(pieces);
  const opened = await withPackageTrouble(() => openPackage(archive));
  if (opened.digest !== digest) throw broken(source, `it is ${opened.digest}, and was to be ${digest}`);
  if (opened.manifest.name !== name) throw broken(source, `it is ${opened.manifest.name}`);
  return { source, archive, name, version: opened.manifest.version };
}

async function refused(source: string, response: Response): Promise<CliError> {
  const body = (await response.json().catch(() => undefined)) as
    | { error?: { reason?: string; message?: string } }
    | undefined;
  const { reason = 'SERVICE_UNAVAILABLE', message = `answered ${response.status}` } = body?.error ?? {};
  const exitCode = response.status === 404 ? EXIT.notFound : response.status < 500 ? EXIT.refused : EXIT.unreachable;
  return new CliError({ reason, message, place: source, remedy: 'see what it has: GET /api/v1/packages', exitCode });
}

function broken(source: string, why: string, cause?: unknown): CliError {
  const message = `the package could not be fetched: ${why}`;
  const remedy = 'check the address, and try again';
  return new CliError({
    reason: 'SERVICE_UNAVAILABLE',
    message,
    place: source,
    remedy,
    exitCode: EXIT.unreachable,
    cause,
  });
}

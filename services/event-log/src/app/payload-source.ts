import type { RunKey } from '../domain/run-key.ts';

/** Port: whoever keeps the texts of large payloads. */
export interface PayloadSource {
  /**
   * Texts by digest, hexadecimal; those that are not there are left out.
   * @throws SourceUnavailableError
   */
  fetch(run: RunKey, digests: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
}

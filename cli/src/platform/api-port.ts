import { DEFAULT_API_URL } from '../api/address.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Settings } from '../settings.ts';
import { freePortLike, isFree } from './free-port.ts';

const DEFAULT_PORT = Number(new URL(DEFAULT_API_URL).port);

/**
 * The port for the API of an embedded platform: `option`, else HTTP_PORT, else the default. One that was asked for must
 * be free, 0 takes any; the default gives way to another.
 */
export async function chooseApiPort({ httpPort }: Settings, option?: number): Promise<number> {
  const given = option ?? httpPort;
  if (given === undefined) return freePortLike(DEFAULT_PORT);
  if (given === 0 || (await isFree(given))) return given;
  throw new CliError({
    reason: 'PORT_TAKEN',
    message: `port ${given} is taken by another program`,
    place: option === undefined ? 'HTTP_PORT' : '--port',
    remedy: 'end that program, or choose another port; 0 takes a free one',
    exitCode: EXIT.refused,
  });
}

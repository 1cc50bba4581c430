/**
 * Secrets that calls of agents carry: files in a folder for each namespace.
 *
 * F1. A file is read with each call: another value holds from the next call on.
 * F2. A namespace has no name for the secrets of another one, nor for any other file.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentSecrets } from '../../app/agent-secrets.ts';
import { lasting } from '../../domain/call-failure.ts';

const NAME = /^(?!\.\.?$)[A-Za-z0-9_.-]{1,128}$/;
/** What a header can carry. */
const VALUE = /^[\x20-\x7e]+$/;

/** `directory` undefined: there are none. */
export function secretFolder(directory: string | undefined): AgentSecrets {
  const read = async (namespace: string, name: string): Promise<string | undefined> => {
    // F2.
    if (directory === undefined || !NAME.test(namespace) || !NAME.test(name)) return undefined;
    const text = await readFile(join(directory, namespace, name), 'utf8').catch(() => undefined);
    return text?.replace(/\r?\n$/, '');
  };
  return {
    async credentialsFor(namespace, { credentials }, place) {
      if (credentials === undefined) return undefined;
      const { secret: name, header } = credentials;
      const secret = await read(namespace, name);
      if (secret !== undefined && VALUE.test(secret)) {
        return header === ''
          ? { header: 'authorization', value: `Bearer ${secret}`, secret }
          : { header, value: secret, secret };
      }
      const what = secret === undefined ? 'has no' : 'cannot send what it has as';
      throw lasting('AGENT_SECRET_NOT_FOUND', {
        message: `the executor ${what} secret ${name} of namespace ${namespace}`,
        place,
        remedy: `put it, in one line, into the file ${namespace}/${name} of SKEIN_EXECUTOR_AGENT_SECRETS_DIR, at every executor`,
        isUnsent: true,
      });
    },
  };
}

import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where the test server of this checkout and this user lives. Outside the checkout, so that runs as different users
 * do not meet, and one for each checkout, so that two do not share.
 */
export function testServerDirectory(): string {
  const root = resolve(import.meta.dirname, '../../../..');
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 12);
  return join(tmpdir(), `skein-test-${userInfo().uid}-${digest}`);
}

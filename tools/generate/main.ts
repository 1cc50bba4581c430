/** Writes everything that is generated and committed; with `--check` says what is stale instead, and fails. */
import { resolve } from 'node:path';
import { staleConfigReference, writeConfigReference } from './config-reference.ts';
import { staleContracts, writeContracts } from './contracts.ts';

const root = resolve(import.meta.dirname, '../..');

if (process.argv.includes('--check')) {
  const stale = [...(await staleContracts(root)), ...(await staleConfigReference(root))];
  for (const path of stale) console.error(`${path} is not what its source says: run "npm run generate"`);
  if (stale.length === 0) console.log('generated files are up to date');
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  await writeContracts(root);
  await writeConfigReference(root);
}

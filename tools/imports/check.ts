/** Checks every import of the repository against the rules of docs and design; prints each violation with its place. */
import { resolve } from 'node:path';
import { checkLayers } from './layer-rules.ts';
import { checkPackages } from './package-rules.ts';
import { readSourceFiles } from './source-files.ts';

const root = resolve(import.meta.dirname, '../..');
const files = await readSourceFiles(root);
const services = new Set(
  files.flatMap(({ workspace }) => (workspace?.directory.startsWith('services/') ? [workspace.name] : [])),
);
const violations = files.flatMap((file) => [...checkPackages(file, services), ...checkLayers(file)]);
for (const { path, line, problem } of violations) console.error(`${path}:${line}: ${problem}`);
console.log(`${files.length} files, ${violations.length} import violations`);
process.exitCode = violations.length === 0 ? 0 : 1;

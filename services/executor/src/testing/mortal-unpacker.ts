/** A process that unpacks the archive of its first argument below the folder of its second, and is killed while it does. */
import { readFile } from 'node:fs/promises';
import { PackageStore } from '../adapters/packages/package-store.ts';

const [, , archive = '', directory = '', digest = ''] = process.argv;
const store = new PackageStore({
  directory,
  mustBeOwn: true,
  source: { download: () => readFile(archive) },
  observer: { fetched() {}, spoilt() {}, removed() {}, cleaningFailed() {} },
});
await store.hold('default', { name: 'acme/large', version: '1.0.0', digest }, new AbortController().signal);
process.stdout.write('WHOLE\n');

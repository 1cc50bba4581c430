/** Builds the package that is published, into `dist`, or the folder that is named. */
import { resolve } from 'node:path';
import { buildPackage } from './package.ts';

const directory = resolve(process.argv[2] ?? 'dist');
await buildPackage(directory);
console.log(`built ${directory}`);

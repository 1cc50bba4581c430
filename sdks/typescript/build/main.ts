/** Builds the package in the current directory as it is published, into `dist`, or the folder that is named. */
import { resolve } from 'node:path';
import { buildPackage } from './package.ts';

const directory = resolve(process.argv[2] ?? 'dist');
await buildPackage(resolve('.'), directory);
console.log(`built ${directory}`);

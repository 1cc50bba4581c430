/** `npm run bench`: measures the platform; see README.md. */
import { readOptions } from './options.ts';
import { headings, recordCell } from './report/journal.ts';
import { measureAll } from './session.ts';

// What was started is ended on exit, whatever the reason.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const options = readOptions(process.argv.slice(2));
console.log(headings());
for await (const cell of measureAll(options)) {
  recordCell(cell, options.jsonFile);
  if (cell.errors > 0) process.exitCode = 1;
}

/** `npm run chaos`: hurts a distributed platform in the middle of its work, and says which promises it broke. */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions, USAGE, type Options } from './options.ts';
import { runSession } from './session.ts';

let options: Options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exit(2);
}

// The set ends with this process; its files go with it only when it is told to end.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

console.log(`seed ${options.seed}`);
const logsPath = join(tmpdir(), `skein-chaos-logs-${options.seed}`);
const { report, ok } = await runSession(options, logsPath, (line) => console.log(line));
if (options.reportPath === undefined) console.log(`\n${report}`);
else {
  await writeFile(options.reportPath, report);
  console.log(`the report is in ${options.reportPath}`);
}
process.exit(ok ? 0 : 1);

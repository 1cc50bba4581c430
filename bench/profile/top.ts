/** `node bench/profile/top.ts FILE… [--by function|module|package] [--lines N]`: where the time of CPU profiles went. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { selfTimes, type CpuProfile, type Grouping } from './self-time.ts';

const GROUPINGS: readonly Grouping[] = ['function', 'module', 'package'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { by: { type: 'string', default: 'function' }, lines: { type: 'string', default: '40' } },
});
const by = GROUPINGS.find((grouping) => grouping === values.by);
if (by === undefined || positionals.length === 0) {
  throw new Error(`give files, and after --by one of ${GROUPINGS.join(', ')}`);
}
for (const path of positionals) {
  const { busyMs, spanMs, entries } = selfTimes(JSON.parse(readFileSync(path, 'utf8')) as CpuProfile, by);
  console.log(`\n${basename(path)}: ${Math.round(busyMs)} ms busy of ${Math.round(spanMs)} ms`);
  for (const [name, ms] of entries.slice(0, Number(values.lines))) {
    const share = ((ms / busyMs) * 100).toFixed(1).padStart(5);
    console.log(`${share} %  ${ms.toFixed(0).padStart(6)} ms  ${name}`);
  }
}

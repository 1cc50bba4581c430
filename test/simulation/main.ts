/** `npm run simulate -- [--seeds N] [--seed S] [--trace]`: lets the worlds of seeds happen and says which broke a promise. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { simulate } from './world.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, seed: { type: 'string' }, trace: { type: 'boolean' } },
});
const first = Number(values.seed ?? randomInt(2 ** 31));
const count = Number(values.seeds ?? 1);
const print = values.trace === true ? (line: string) => console.log(line) : undefined;

let failed = 0;
for (let seed = first; seed < first + count; seed += 1) {
  try {
    const { digest, events, runs, virtualMs } = await simulate(seed, print);
    console.log(`seed ${seed}: ${runs} runs, ${events} events, ${virtualMs} ms, trace ${digest.slice(0, 12)}`);
  } catch (error) {
    failed += 1;
    console.error(`seed ${seed} FAILED`, error);
    console.error(`to see it again: npm run simulate -- --seed ${seed} --trace`);
  }
}
console.log(`${count - failed} worlds kept every promise, ${failed} did not`);
process.exitCode = failed === 0 ? 0 : 1;

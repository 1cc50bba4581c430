/** A few of the faults, one after the other, in the middle of 200 runs. `npm run chaos` has them all, for as long as you like. */
import { test } from 'node:test';
import { playApart } from './play-apart.ts';

const FAULTS = ['kill-scheduler', 'kill-postgres', 'kill-two-executors', 'wipe-nats'];

test('every promise is kept while processes, the database and the bus die', (context) =>
  playApart(context, ['--faults', FAULTS.join(','), '--in-turn']));

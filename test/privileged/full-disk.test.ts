/** The disk of Postgres is full in the middle of 200 runs. Root is needed for a disk that can be filled. */
import { test } from 'node:test';
import { playApart } from '../chaos/play-apart.ts';

test('every promise is kept while there is no room for the database', (context) =>
  playApart(context, ['--faults', 'fill-disk']));

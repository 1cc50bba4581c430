import { rule, type Finding } from '../history.ts';

/** Everything in the outbox reaches event-log. */
export const outbox = rule('outbox', 'every row of the outbox goes in the end', ({ outboxLeft }) =>
  outboxLeft === 0 ? [] : [{ text: `${outboxLeft} rows are left` }],
);

/** Exit codes of a process that could not start, which its supervisor may try again. */
const COULD_NOT_START = 1;

/** A process ends when it is told to, or when it cannot start. */
export const processes = rule(
  'processes',
  'no process of the platform ends by itself, unless what it needs to start is away',
  ({ unaskedEnds, silences }) =>
    unaskedEnds.flatMap(({ member, code, signal, startedAtMs, atMs }): Finding[] => {
      // It may have been back when the process was done with ending.
      const databaseAway = silences.some(
        ({ who, fromMs, toMs }) => who === 'postgres' && fromMs <= atMs && startedAtMs <= toMs,
      );
      if (code === COULD_NOT_START && databaseAway) return [];
      return [{ text: `${member} ended by itself at ${atMs}: ${signal ?? `exit code ${code}`}` }];
    }),
);

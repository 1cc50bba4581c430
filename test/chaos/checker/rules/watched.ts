import { isOpen, rule, type Finding } from '../history.ts';

/** Who follows a run sees every event once, however often the stream breaks. */
export const watched = rule(
  'watched',
  'who follows a run from its first event and goes on from the last cursor is sent every event once, in order, to the end',
  ({ records, runs }) =>
    records.flatMap(({ order, watched: seen, runIds: [runId = ''] }): Finding[] => {
      const run = runs.get(runId);
      const last = run?.transitions.at(-1);
      if (seen === undefined || last === undefined || isOpen(run?.status ?? '')) return [];
      const lastSeq = last.firstSeq + last.eventCount - 1;
      const right = Array.from({ length: lastSeq }, (_, index) => index + 1).join(' ');
      if (seen.complete && seen.seqs.join(' ') === right) return [];
      const how = seen.complete ? 'to the end' : 'and the stream did not end';
      return [
        {
          runId,
          text: `the watcher of ${order.id} was sent ${seen.seqs.join(' ')} of ${lastSeq} ${how}, with ${seen.breaks} breaks`,
        },
      ];
    }),
);

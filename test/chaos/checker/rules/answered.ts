import { placedEvents, rule, type Finding, type StoredRun } from '../history.ts';

/** A question has one answer, and who was told that it is his is right. */
export const answered = rule(
  'answered',
  'an answer that was told to be taken is the one in the events of its run, and no question has two',
  ({ records, runs }) => {
    const twice = [...runs.values()].flatMap((run): Finding[] => {
      const seqs = takenAnswers(run).map(({ questionSeq }) => questionSeq);
      const again = seqs.filter((seq, index) => seqs.indexOf(seq) !== index);
      return again.map((seq) => ({ runId: run.runId, text: `question ${seq} has more than one answer` }));
    });
    const wrong = records.flatMap(({ answers, runIds: [runId = ''] }): Finding[] => {
      const run = runs.get(runId);
      if (run === undefined) return [];
      const taken = new Map(takenAnswers(run).map(({ questionSeq, value }) => [questionSeq, value] as const));
      return answers
        .filter(({ questionSeq, value }) => taken.get(questionSeq) !== value)
        .map(({ questionSeq, value }) => ({
          runId,
          text: `the answer ${value} to question ${questionSeq} was told to be taken, and ${JSON.stringify(taken.get(questionSeq)) ?? 'none'} was`,
        }));
    });
    return [...twice, ...wrong];
  },
);

interface TakenAnswer {
  readonly questionSeq: number;
  readonly value: unknown;
}

function takenAnswers(run: StoredRun): TakenAnswer[] {
  const asked = new Map<string, number>();
  return placedEvents(run).flatMap(({ event, seq }): TakenAnswer[] => {
    if (event.case === 'inputRequired') asked.set(event.value.nodeId, seq);
    if (event.case !== 'inputProvided') return [];
    const { nodeId, value } = event.value;
    return [{ questionSeq: asked.get(nodeId) ?? 0, value: JSON.parse(Buffer.from(value?.json ?? 'null').toString()) }];
  });
}

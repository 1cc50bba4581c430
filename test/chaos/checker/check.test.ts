/** A checker that cannot fail is worth nothing: every rule is shown a round that broke its promise. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { check, RULES } from './check.ts';
import type { RoundHistory, StoredRun } from './history.ts';
import { DOCTORED_CALLS, EXCUSED_CALLS } from './testing/doctored-calls.ts';
import { DOCTORED_FAMILIES, EXCUSED_FAMILIES, type Doctored } from './testing/doctored-families.ts';
import { DOCTORED_WORK, EXCUSED_WORK } from './testing/doctored-work.ts';
import { sampleCalls } from './testing/sample-calls.ts';
import { sampleFamily } from './testing/sample-family.ts';
import { sampleWork } from './testing/sample-work.ts';
import {
  answer,
  call,
  CANCELLED_RUN,
  dispatchLost,
  done,
  DONE_RUN,
  retryScheduled,
  row,
  sampleHistory,
  scheduled,
  started,
  storedRun,
  succeeded,
  T0,
  withRecord,
  withRun,
} from './testing/sample-history.ts';

const good = sampleHistory();

/** The rules that a round breaks, each once, in the order of the rules. */
function broken(history: RoundHistory): string[] {
  const names = new Set(check(history).map(({ rule }) => rule));
  return RULES.map(({ name }) => name).filter((name) => names.has(name));
}

function withCalls(...calls: RoundHistory['calls']): RoundHistory {
  return { ...good, calls: [...good.calls, ...calls] };
}

function rows(run: StoredRun, ...transitions: StoredRun['transitions']): StoredRun {
  const [last = answer(run.runId, run.status, 0)] = run.answers;
  return storedRun(run.runId, run.orderId, last, [...transitions]);
}

const CASES: readonly Doctored[] = [
  ['a run that was acknowledged and is not stored', lost(), ['acknowledged']],
  [
    'an order that was never acknowledged',
    withRecord(good, 'order-0', (record) => ({ ...record, runIds: [], ends: [], watched: undefined })),
    ['acknowledged'],
  ],
  [
    'an order that was refused',
    withRecord(good, 'order-0', (record) => ({ ...record, refusals: ['INTERNAL: x'] })),
    ['acknowledged'],
  ],
  [
    'a run that does not end',
    withRun(good, DONE_RUN, (run) => ({
      ...rows(run, row(1, T0, started(), scheduled('pay'))),
      status: 'RUNNING',
      answers: [answer(DONE_RUN, 'RUNNING', 2)],
    })),
    ['acknowledged', 'final', 'dispatched', 'holder'],
  ],
  ['an order that made two runs', secondRun(), ['one-run']],
  [
    'a start that was answered with two runs',
    withRecord(good, 'order-0', (record) => ({ ...record, runIds: [DONE_RUN, CANCELLED_RUN] })),
    ['one-run'],
  ],
  ['a wrong output', told(answer(DONE_RUN, 'DONE', 6, { value: 8 })), ['right-end']],
  ['a wrong state', told({ ...answer(DONE_RUN, 'FAILED', 6), failureCode: 'X' }), ['right-end', 'final']],
  [
    'a told end that changes',
    withRun(good, DONE_RUN, (run) => ({
      ...run,
      answers: [answer(DONE_RUN, 'DONE', 6, { value: 7 }), answer(DONE_RUN, 'DONE', 7, { value: 7 })],
    })),
    ['final'],
  ],
  [
    'events after the end',
    withRun(good, DONE_RUN, (run) => rows(run, ...run.transitions, row(7, T0 + 500, succeeded('more')))),
    ['final', 'watched'],
  ],
  [
    'two ends',
    withRun(good, DONE_RUN, (run) => rows(run, ...run.transitions, row(7, T0 + 500, done()))),
    ['final', 'watched'],
  ],
  [
    'a node that ends twice',
    withRun(good, DONE_RUN, (run) =>
      rows(run, ...run.transitions.slice(0, 2), row(5, T0 + 400, succeeded('pay'), succeeded('ship'), done())),
    ),
    ['final', 'watched'],
  ],
  [
    'a row that says another status than its events',
    withRun(good, DONE_RUN, (run) => ({ ...run, status: 'FAILED' })),
    ['final'],
  ],
  [
    'a gap',
    withRun(good, DONE_RUN, (run) => {
      const [first, , last] = run.transitions;
      return first && last ? rows(run, first, last) : run;
    }),
    ['gap-free', 'dispatched'],
  ],
  [
    'a row that does not hold what it says',
    withRun(good, DONE_RUN, (run) => ({
      ...run,
      transitions: run.transitions.map((one) => (one.firstSeq === 5 ? { ...one, eventCount: 3 } : one)),
    })),
    ['gap-free', 'watched'],
  ],
  [
    'an event that event-log does not have',
    withRun(good, DONE_RUN, (run) => ({ ...run, logged: run.logged.slice(1) })),
    ['same-history'],
  ],
  [
    'an event that differs in event-log',
    withRun(good, DONE_RUN, (run) => ({
      ...run,
      logged: run.logged.map((one) => (one.seq === 3n ? { ...succeeded('other'), seq: 3n } : one)),
    })),
    ['same-history'],
  ],
  ['an event that a watcher was sent twice', watchedSeqs([1, 2, 2, 3, 4, 5, 6]), ['watched']],
  ['an event that a watcher was never sent', watchedSeqs([1, 2, 4, 5, 6]), ['watched']],
  [
    'a stream that does not end',
    withRecord(good, 'order-0', (record) => ({
      ...record,
      watched: { seqs: [1, 2, 3, 4, 5, 6], breaks: 0, complete: false },
    })),
    ['watched'],
  ],
  [
    'a call long after the success of its node',
    { ...lostDispatch(), calls: [...good.calls, call(DONE_RUN, 'pay', T0 + 5000, { dispatch: 2 })] },
    ['not-again', 'at-most-once'],
  ],
  [
    'a call of an attempt after the one that succeeded',
    withCalls(call(DONE_RUN, 'pay', T0 + 210, { attempt: 2 })),
    ['not-again', 'dispatched', 'at-most-once'],
  ],
  [
    'a dispatch that was never decided',
    withCalls(call(DONE_RUN, 'ship', T0 + 300, { dispatch: 2 })),
    ['dispatched', 'at-most-once'],
  ],
  ['a dispatch that reached its agent twice', withCalls(call(CANCELLED_RUN, 'work', T0 + 60)), ['dispatched']],
  [
    'a second call where there must be at most one',
    { ...lostDispatch(), calls: [...good.calls, call(DONE_RUN, 'pay', T0 + 150, { dispatch: 2 })] },
    ['at-most-once'],
  ],
  ['a node that nobody works for', idle(), ['holder']],
  ['an answer that is not committed for long', slowResult(8500), ['holder']],
  ['a retry that comes late', lateRetry(6500), ['holder']],
  [
    'a cancellation that changes nothing',
    withRun(good, CANCELLED_RUN, (run) => ({
      ...rows(run, row(1, T0, started(), scheduled('work')), row(3, T0 + 1000, succeeded('work'), done())),
      status: 'DONE',
      answers: [answer(CANCELLED_RUN, 'DONE', 4)],
    })),
    ['right-end', 'final', 'cancelled'],
  ],
  [
    'an agent that goes on after the cancellation',
    {
      ...good,
      calls: good.calls.map((one) => (one.nodeId === 'work' ? { ...one, endedAtMs: undefined, end: undefined } : one)),
    },
    ['cancelled'],
  ],
  ['a row that is left in the outbox', { ...good, outboxLeft: 1 }, ['outbox']],
  ['a process that ends by itself', withEnd(2), ['processes']],
  ['a process that cannot start for no reason', withEnd(1), ['processes']],
  [
    'a process that cannot start after Postgres was away',
    { ...withEnd(1), silences: [{ who: 'postgres', fromMs: T0, toMs: T0 + 49 }] },
    ['processes'],
  ],
];

const DOCTORED = [...CASES, ...DOCTORED_FAMILIES, ...DOCTORED_WORK, ...DOCTORED_CALLS];

suite('the checker', () => {
  test('finds nothing where nothing is wrong', () => {
    assert.deepEqual(check(good), []);
    assert.deepEqual(check(sampleFamily()), []);
    assert.deepEqual(check(sampleWork()), []);
    assert.deepEqual(check(sampleCalls()), []);
  });

  for (const [what, history, rules] of DOCTORED) {
    test(`finds ${what}`, () => assert.deepEqual(broken(history), rules));
  }

  test('has a case for every rule', () => {
    const shown = new Set(DOCTORED.flatMap(([, , rules]) => rules));
    assert.deepEqual(
      RULES.map(({ name }) => name).filter((name) => !shown.has(name)),
      [],
    );
  });
});

suite('the checker excuses', () => {
  const EXCUSED: readonly (readonly [what: string, history: RoundHistory])[] = [
    ['a call that was under way at the commit', calledLate(1900)],
    ['a call that was held up on its way', { ...calledLate(9000), held: [{ fromMs: T0 + 300, toMs: T0 + 8000 }] }],
    ['a node that nobody works for while no executor can', { ...idle(), silences: allExecutors() }],
    ['an answer that takes a while to be committed', slowResult(7500)],
    ['a retry that is due', lateRetry(6000)],
    [
      'a cancellation that cannot be passed on',
      {
        ...good,
        calls: good.calls.map((one) => (one.nodeId === 'work' ? { ...one, endedAtMs: T0 + 12_000 } : one)),
        held: [{ fromMs: T0 + 900, toMs: T0 + 8000 }],
      },
    ],
    [
      'a process that could not start while Postgres was away',
      { ...withEnd(1), silences: [{ who: 'postgres', fromMs: T0, toMs: T0 + 60 }] },
    ],
  ];
  for (const [what, history] of [...EXCUSED, ...EXCUSED_FAMILIES, ...EXCUSED_WORK, ...EXCUSED_CALLS])
    test(what, () => assert.deepEqual(check(history), []));

  test('nothing but that: one executor of two is no excuse', () => {
    assert.deepEqual(broken({ ...idle(), silences: allExecutors().slice(1) }), ['holder']);
  });
});

function lost(): RoundHistory {
  return { ...good, runs: new Map([...good.runs].filter(([runId]) => runId !== DONE_RUN)) };
}

function secondRun(): RoundHistory {
  const original = good.runs.get(DONE_RUN);
  assert.ok(original);
  const copy: StoredRun = { ...original, runId: 'run-again', transitions: original.transitions };
  return { ...good, runs: new Map([...good.runs, [copy.runId, copy]]), calls: good.calls };
}

function told(end: StoredRun['answers'][number]): RoundHistory {
  const history = withRun(good, DONE_RUN, (run) => ({ ...run, answers: [end, end] }));
  return end.state === 'DONE' ? withRecord(history, 'order-0', (record) => ({ ...record, ends: [end] })) : history;
}

function watchedSeqs(seqs: readonly number[]): RoundHistory {
  return withRecord(good, 'order-0', (record) => ({ ...record, watched: { seqs, breaks: 2, complete: true } }));
}

/** `pay` was dispatched twice. */
function lostDispatch(): RoundHistory {
  const history = withRun(good, DONE_RUN, (run) =>
    rows(
      run,
      row(1, T0, started(), scheduled('pay')),
      row(3, T0 + 120, dispatchLost('pay', 1)),
      row(4, T0 + 200, succeeded('pay'), scheduled('ship')),
      row(6, T0 + 400, succeeded('ship'), done()),
    ),
  );
  return watchedTo(history, 7);
}

/** As `lostDispatch`, of a node that may be called twice, with its second call so long after the commit. */
function calledLate(afterMs: number): RoundHistory {
  const history = lostDispatch();
  const late = call(DONE_RUN, 'pay', T0 + 200 + afterMs, { dispatch: 2 });
  const records = history.records.map((record) => ({
    ...record,
    order: { ...record.order, graph: { ...record.order.graph, onceOnly: [] } },
  }));
  return { ...history, records, calls: [...history.calls, late] };
}

/** Six seconds pass before `ship` is called. */
function idle(): RoundHistory {
  const history = withRun(good, DONE_RUN, (run) =>
    rows(
      run,
      row(1, T0, started(), scheduled('pay')),
      row(3, T0 + 200, succeeded('pay'), scheduled('ship')),
      row(5, T0 + 6500, succeeded('ship'), done()),
    ),
  );
  const calls = history.calls.map((one) => (one.nodeId === 'ship' ? call(DONE_RUN, 'ship', T0 + 6300) : one));
  return { ...history, calls };
}

/** `ship` is answered at once, and its success committed so much later. */
function slowResult(afterMs: number): RoundHistory {
  const history = withRun(good, DONE_RUN, (run) =>
    rows(
      run,
      row(1, T0, started(), scheduled('pay')),
      row(3, T0 + 200, succeeded('pay'), scheduled('ship')),
      row(5, T0 + 250 + afterMs, succeeded('ship'), done()),
    ),
  );
  const calls = history.calls.map((one) => (one.nodeId === 'ship' ? { ...one, endedAtMs: one.startedAtMs } : one));
  return { ...history, calls };
}

/** `ship` fails, and its second attempt is decided so much later. */
function lateRetry(afterMs: number): RoundHistory {
  const retriedAtMs = T0 + 400 + afterMs;
  const history = withRun(good, DONE_RUN, (run) =>
    rows(
      run,
      row(1, T0, started(), scheduled('pay')),
      row(3, T0 + 200, succeeded('pay'), scheduled('ship')),
      row(5, T0 + 400, retryScheduled('ship', 2)),
      row(6, retriedAtMs, scheduled('ship', 2)),
      row(7, retriedAtMs + 200, succeeded('ship', 2), done()),
    ),
  );
  const again = call(DONE_RUN, 'ship', retriedAtMs + 10, { attempt: 2 });
  const records = history.records.map((record) => ({
    ...record,
    order: { ...record.order, graph: { ...record.order.graph, onceOnly: ['pay'] } },
  }));
  return watchedTo({ ...history, records, calls: [...history.calls, again] }, 8);
}

function watchedTo(history: RoundHistory, lastSeq: number): RoundHistory {
  const seqs = Array.from({ length: lastSeq }, (_, index) => index + 1);
  return withRecord(history, 'order-0', (record) => ({ ...record, watched: { seqs, breaks: 0, complete: true } }));
}

function allExecutors(): RoundHistory['silences'] {
  return ['executor-1', 'executor-2'].map((who) => ({ who, fromMs: T0 + 300, toMs: T0 + 4000 }));
}

function withEnd(code: number): RoundHistory {
  return { ...good, unaskedEnds: [{ member: 'registry', startedAtMs: T0 + 50, atMs: T0 + 100, code, signal: null }] };
}

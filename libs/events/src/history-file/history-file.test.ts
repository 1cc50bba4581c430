import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { TaskEventSchema } from '@skein/contracts/event';
import { compileWorkflow, decide, Payload, replay, type RunCommand, type WorkflowDefinition } from '@skein/domain';
import { timestampOfMs } from '../clock-types.ts';
import { eventToMessage } from '../event-encode.ts';
import { HistoryFileError } from './format.ts';
import { historyOf, readHistoryFile } from './read.ts';
import { historyLines, type ListedEvent } from './write.ts';

const RUN = { runId: '0190a000-0000-7000-8000-000000000001', namespace: 'default' };
type StartRun = Extract<RunCommand, { kind: 'start_run' }>;

const DEFINITION: WorkflowDefinition = { id: 'w', nodes: [{ id: 'a', type: 'agent', agent_id: 'a' }], edges: [] };
const START: StartRun = {
  kind: 'start_run',
  workflowVersion: 3,
  input: Payload.fromValue({ text: 'grüße' }),
  labels: { team: 'x' },
  sessionId: '',
  traceparent: '',
};

/** A run that is cancelled a millisecond and a bit after it began. */
function events(start: StartRun = START): ListedEvent[] {
  const plan = compileWorkflow(DEFINITION);
  const first = decide(plan, RUN, undefined, [start], { nowMs: 1000.25, random: 0 });
  const last = decide(plan, RUN, first.state, [{ kind: 'cancel_run', reason: 'no' }], { nowMs: 1001.5, random: 0 });
  const all = [
    ...first.events.map((event) => ({ event, ms: 1000.25 })),
    ...last.events.map((event) => ({ event, ms: 1001.5 })),
  ];
  return all.map(({ event, ms }, index) => ({
    case: 'runEvent',
    value: { ...eventToMessage(event), ...RUN, seq: BigInt(index + 1), occurredAt: timestampOfMs(ms) },
  }));
}

const DELTA: ListedEvent = {
  case: 'taskEvent',
  value: create(TaskEventSchema, {
    ...RUN,
    nodeId: 'a',
    attempt: 1,
    dispatch: 1,
    taskSeq: 1n,
    event: { case: 'agentStreamDelta', value: { text: 'hi', offsetBytes: 0n } },
  }),
};

async function linesOf(listed: readonly ListedEvent[], taskEvents = false): Promise<string[]> {
  const definitionOf = () => Promise.resolve(DEFINITION as never);
  async function* each() {
    yield* listed;
  }
  return Array.fromAsync(historyLines({ events: each(), taskEvents, definitionOf }));
}

test('a run survives the way into a file and back, and replays', async () => {
  const lines = await linesOf([...events(), DELTA], true);
  const file = readHistoryFile(`${lines.join('\n')}\n`);
  assert.deepEqual(file.definition, DEFINITION);
  assert.partialDeepStrictEqual(file.header, { run_id: RUN.runId, workflow_id: 'w', workflow_version: 3 });
  assert.equal(file.taskEvents.length, 1);
  const history = historyOf(file.runEvents);
  assert.deepEqual(
    history.map(({ seq, event }) => [seq, event.kind]),
    [
      [1, 'run_started'],
      [2, 'node_scheduled'],
      [3, 'run_cancelled'],
    ],
  );
  assert.equal(history[0]?.occurredAtMs, 1000.25);
  assert.deepEqual(replay(compileWorkflow(DEFINITION), RUN, history).divergences, []);
});

test('the definition of a run without a stored workflow is that of its first event', async () => {
  const definition = Payload.fromValue(DEFINITION as never);
  const [, second] = await linesOf(events({ ...START, workflowVersion: 0, definition }));
  assert.deepEqual(JSON.parse(second ?? ''), DEFINITION);
});

test('what is no history is refused with its line', async () => {
  const lines = await linesOf(events());
  const [header = '', definition = '', first = ''] = lines;
  const cases: [text: string, line: number, message: RegExp][] = [
    ['', 1, /no history of a run/],
    ['{"id":"w"}', 1, /no history of a run/],
    [header.replace('"skein_history":1', '"skein_history":9'), 1, /format 9/],
    [header, 2, /no definition/],
    [`${header}\n{"id":"x"}`, 2, /not the one that the header names/],
    [`${header}\n${definition}\n`, 3, /no events/],
    [`${header}\n${definition}\n\n{"seq":`, 4, /not JSON/],
    [`${header}\n${definition}\n{"seq":"1","nonsense":1}`, 3, /no event/],
    [`${header}\n${definition}\n${first.replace(RUN.runId, '0190a000-0000-7000-8000-000000000002')}`, 3, /another run/],
  ];
  for (const [text, line, message] of cases) {
    assert.throws(
      () => readHistoryFile(text),
      (error) => error instanceof HistoryFileError && error.line === line && message.test(error.message),
      text,
    );
  }
});

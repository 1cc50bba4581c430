import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import { beginEvents, startHttpAgent, type HttpAgent } from '../agents/http-agent.ts';
import type { TestPlatform } from '../harness/platform.ts';
import { readSse, type SseEvent } from '../harness/sse.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'events';
const WORDS = ['one ', 'two ', 'three ', 'four ', 'five'];

/** History and live streams: complete, in order, resumable. */
export function eventSuite(use: UsePlatform): void {
  suite('events', () => {
    test('a stream that breaks again and again goes on from its cursor, with no gap and no repeat', async () => {
      const platform = use();
      await using agent = await startTalker();
      const runId = await startRun(platform, agent);
      const whole = await Array.fromAsync(readSse(await follow(platform, runId)));
      const pieces: SseEvent[] = [];
      let lastId = '';
      // One event a connection, then it is dropped; 204 says that nothing is left.
      for (;;) {
        const response = await follow(platform, runId, lastId);
        if (response.status === 204) break;
        const [first] = await take(response, 1);
        if (!first) break;
        pieces.push(first);
        lastId = first.id;
      }
      // Run events and streamed text are two sequences: each is the same for everybody, how they interleave is not.
      const types = runEventsIn(whole);
      assert.deepEqual(runEventsIn(pieces), types);
      assert.deepEqual([types.at(0), types.at(-1)], ['run_started', 'run_done']);
      assert.equal(textIn(whole), WORDS.join(''));
      assert.equal(textIn(pieces), WORDS.join(''));
    });

    test('the history is complete, without a gap, and the same for everybody', async () => {
      const platform = use();
      await using agent = await startTalker();
      const runId = await startRun(platform, agent);
      const live = await Array.fromAsync(readSse(await follow(platform, runId)));
      const listed = await platform.skein('runs', 'events', runId, '-n', NAMESPACE, '--task-events', '-o', 'json');
      const history = listed.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; seq?: number });
      const isRunEvent = ({ seq }: { seq?: number }): boolean => seq !== undefined;
      const runEvents = history.filter(isRunEvent);
      assert.deepEqual(
        runEvents.map(({ seq }) => seq),
        runEvents.map((_, index) => index + 1),
      );
      const seen = live.map(({ data }) => data as { type: string; seq?: number }).filter(isRunEvent);
      assert.deepEqual(
        seen.map(({ type }) => type),
        runEvents.map(({ type }) => type),
      );
      const done = await platform.skein('runs', 'events', runId, '-n', NAMESPACE, '--name', 'run_done', '-o', 'json');
      assert.equal(done.stdout.trim().split('\n').length, 1);
    });
  });
}

/** An agent that streams a few words. */
function startTalker(): Promise<HttpAgent> {
  return startHttpAgent((response) => {
    const send = beginEvents(response);
    for (const text of WORDS) send('delta', { text });
    send('done', { final_message: WORDS.join('') });
    response.end();
  });
}

let agents = 0;

async function startRun({ clients }: TestPlatform, agent: HttpAgent): Promise<string> {
  const agentId = `talker-${(agents += 1)}`;
  const registration = {
    namespace: NAMESPACE,
    agentId,
    protocol: AgentProtocol.HTTP_INVOKE_SSE,
    endpoints: [agent.url],
  };
  await clients.agents.registerAgent(registration);
  const target = { case: 'agent', value: { agentId } } as const;
  const { run } = await clients.runs.startRun({ namespace: NAMESPACE, target });
  return run?.runId ?? '';
}

function follow({ apiUrl }: TestPlatform, runId: string, lastEventId = ''): Promise<Response> {
  const resume: Record<string, string> = lastEventId === '' ? {} : { 'last-event-id': lastEventId };
  const headers = { accept: 'text/event-stream', ...resume };
  return fetch(`${apiUrl}/api/v1/runs/${runId}/events?namespace=${NAMESPACE}`, { headers });
}

/** The first events of a stream, which is then dropped. */
async function take(response: Response, count: number): Promise<SseEvent[]> {
  const taken: SseEvent[] = [];
  for await (const event of readSse(response)) if (taken.push(event) >= count) break;
  return taken;
}

function runEventsIn(events: readonly SseEvent[]): string[] {
  return events.filter(({ data }) => data['seq'] !== undefined).map(({ event }) => event);
}

function textIn(events: readonly SseEvent[]): string {
  return events
    .filter(({ event }) => event === 'agent_stream_delta')
    .map(({ data }) => (data['payload'] as { text: string }).text)
    .join('');
}

/**
 * Measures how long what an agent streams takes to those who follow its run.
 *
 * Every stream is checked: live, each chunk comes once and in order; afterwards the whole text can be read again.
 */
import { request } from 'undici';
import type { TalkerInput } from '../agent/talker.ts';
import { nowMs } from './clock.ts';
import { followRun } from './follow-run.ts';
import type { StreamsJob, StreamsResult } from './job.ts';
import { quantile } from './statistics.ts';

/** What one subscriber saw. */
interface Seen {
  readonly text: string;
  /** One a chunk. */
  readonly latenciesMs: readonly number[];
  readonly firstWrittenAtMs: number;
  readonly lastReceivedAtMs: number;
}

let tokens = 0;

export async function followStreams(job: StreamsJob): Promise<StreamsResult> {
  const streams = await Promise.allSettled(Array.from({ length: job.streams }, () => followOne(job)));
  const seen = streams.flatMap((stream) => (stream.status === 'fulfilled' ? [stream.value] : []));
  const failures = streams.flatMap((stream) => (stream.status === 'rejected' ? [String(stream.reason)] : []));
  const latenciesMs = seen.flatMap((each) => each.latenciesMs);
  const firstMs = Math.min(...seen.map((each) => each.firstWrittenAtMs));
  const lastMs = Math.max(...seen.map((each) => each.lastReceivedAtMs));
  return {
    streams: seen.length,
    errors: failures.length,
    firstErrors: failures.slice(0, 3),
    chunks: latenciesMs.length,
    seconds: (lastMs - firstMs) / 1000,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  };
}

async function followOne({ apiUrl, agentsUrl, path, chunks, gapMs }: StreamsJob): Promise<Seen> {
  const token = `${process.pid}-${(tokens += 1)}`;
  const input: TalkerInput = { token, chunks, gapMs };
  const runId = await startRun(`${apiUrl}${path}`, input);
  const live = await receive(apiUrl, runId, async () => {
    const { body } = await request(`${agentsUrl}/control/talk?token=${token}`);
    await body.dump();
  });
  if (live.latenciesMs.length !== chunks) {
    throw new Error(`run ${runId}: ${live.latenciesMs.length} of ${chunks} chunks came`);
  }
  const again = await receive(apiUrl, runId, () => Promise.resolve());
  if (again.text !== live.text) throw new Error(`run ${runId}: the replay differs from what came live`);
  return live;
}

async function startRun(url: string, input: TalkerInput): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const { statusCode, body } = await request(url, { method: 'POST', headers, body: JSON.stringify({ input }) });
  const text = await body.text();
  if (statusCode !== 202) throw new Error(`the start was answered ${statusCode} ${text}`);
  return (JSON.parse(text) as { readonly run_id: string }).run_id;
}

/** Follows a run to its end; `onFollowing` is called once it is being followed. */
async function receive(apiUrl: string, runId: string, onFollowing: () => Promise<void>): Promise<Seen> {
  const latenciesMs: number[] = [];
  let text = '';
  let lastReceivedAtMs = 0;
  let following: Promise<void> | undefined;
  for await (const { type, data } of followRun(apiUrl, runId)) {
    const receivedAtMs = nowMs();
    following ??= onFollowing();
    if (type !== 'agent_stream_delta') continue;
    const piece = data.payload?.text ?? '';
    text += piece;
    // Deltas that came together are one event; each chunk is a line.
    for (const line of piece.trimEnd().split('\n')) latenciesMs.push(receivedAtMs - Number(line));
    lastReceivedAtMs = receivedAtMs;
  }
  await following;
  const firstWrittenAtMs = Number(text.split('\n', 1)[0]);
  return { text, latenciesMs, firstWrittenAtMs, lastReceivedAtMs };
}

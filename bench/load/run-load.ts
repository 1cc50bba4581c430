import { closedLoop } from './closed-loop.ts';
import { httpClient } from './http-client.ts';
import type { RunsJob, RunsResult } from './job.ts';
import { quantile } from './statistics.ts';

const SHOWN = 400;

/** Calls the API in a closed loop. An answer counts only if it says that the run came to its expected end. */
export async function runLoad(job: RunsJob): Promise<RunsResult> {
  const { apiUrl, path, inputPrefix, status, expected, concurrency } = job;
  await using client = httpClient(apiUrl, concurrency);
  let number = 0;
  const { latenciesMs, ...counts } = await closedLoop(job, async () => {
    number += 1;
    const answer = await client.post(path, `{"input":"${inputPrefix}${number}"}`);
    if (answer.status === status && expected.every((part) => answer.text.includes(part))) return;
    throw new Error(`${path} answered ${answer.status} ${answer.text.slice(0, SHOWN)}`);
  });
  return { ...counts, p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99) };
}

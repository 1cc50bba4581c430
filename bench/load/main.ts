/** The load generator: a process of its own that does one job after the other as it is told over the IPC channel. */
import { followStreams } from './follow-streams.ts';
import type { Job, JobAnswer, JobResult } from './job.ts';
import { runLoad } from './run-load.ts';

function perform(job: Job): Promise<JobResult> {
  return job.kind === 'runs' ? runLoad(job) : followStreams(job);
}

process.on('message', (job: Job) => {
  const answer = (text: JobAnswer): void => void process.send?.(text);
  perform(job).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
// Whoever asks is gone.
process.on('disconnect', () => process.exit());

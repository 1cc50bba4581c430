import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { isSameProcess } from '../platform/live-process.ts';
import { spanText } from '../output/time.ts';
import { logTail } from './part-process.ts';
import { probePart } from './part-runner.ts';
import type { PartRecord } from './record.ts';

export interface ReadyWait {
  /** `.skein/distributed`. */
  readonly directory: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const POLL_MS = 50;
const SHOWN_LOG_LINES = 15;

/** Waits until a part can do its work. Throws at once when it has ended, and in the end when it is late. */
export async function awaitReady(name: string, record: PartRecord, wait: ReadyWait): Promise<void> {
  const deadline = performance.now() + wait.timeoutMs;
  for (;;) {
    const probed = await probePart(name, record.pid, record.ports, wait.directory);
    if (probed.ready) return;
    if (!(await isSameProcess(record.pid, record.start_mark))) throw await notReady(name, record, 'it has ended');
    if (performance.now() > deadline) {
      throw await notReady(name, record, `not ready within ${spanText(wait.timeoutMs)}: ${probed.reason}`);
    }
    await delay(POLL_MS, undefined, { signal: wait.signal });
  }
}

async function notReady(name: string, { log }: PartRecord, why: string): Promise<CliError> {
  const tail = await logTail(log, SHOWN_LOG_LINES);
  return new CliError({
    reason: 'NOT_READY',
    message: `${name} did not get ready: ${why}${tail === '' ? '' : `\nthe end of its log:\n${tail}`}`,
    place: log,
    remedy: 'mend what its log says and `skein up` again, which starts what is missing; `skein down` ends what runs',
    exitCode: EXIT.unreachable,
  });
}

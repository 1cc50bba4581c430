import type { RunKey } from '../domain/run-key.ts';
import { TimelineFold, type Timeline } from '../domain/run-timeline.ts';
import { listRunEvents, type ListParts, type ListQuery } from './list-run-events.ts';

const PAGE_SIZE = 1000;

/**
 * The time line of a run, as far as its events are known. Only a page of them is in memory at a time.
 * @throws RunNotFoundError
 * @throws HistoryUnavailableError where events are missing that cannot be asked for.
 */
export async function runTimeline(parts: ListParts, run: RunKey, minSeq: number): Promise<Timeline> {
  const fold = new TimelineFold();
  let from: ListQuery['from'] | undefined = { seq: 0, open: [] };
  while (from !== undefined) {
    const query: ListQuery = { run, from, eventNames: new Set(), taskEvents: false, pageSize: PAGE_SIZE, minSeq };
    const page = await listRunEvents(parts, query);
    for (const entry of page.entries) if (entry.kind === 'run_event') fold.add(entry.event);
    from = page.next;
  }
  return fold.timeline;
}

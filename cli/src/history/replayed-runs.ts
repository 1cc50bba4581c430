import type { RunReplay } from '@skein/contracts/scheduler';
import { replay, type JsonObject } from '@skein/domain';
import { historyOf, listedEvents } from '@skein/events';
import type { Api } from '../api/api.ts';
import type { Output } from '../output/output.ts';
import { runStateWord } from '../watch/run-view.ts';
import { showDivergence, viewOf, type DivergenceView } from './divergence-view.ts';
import { ofFile, planOf } from './history-input.ts';

const PAGE_SIZE = 1000;

/** A run that was replayed, by the platform or here. */
export interface ReplayedRunView {
  readonly run_id: string;
  readonly state: string;
  readonly workflow_version: number;
  readonly events: number;
  readonly divergences: readonly DivergenceView[];
}

/**
 * The replays of an answer. Runs whose events only event-log has are read there and replayed here, on the definition
 * that the platform has found valid.
 */
export async function replayedRuns(
  api: Api,
  replays: readonly RunReplay[],
  definition: JsonObject,
): Promise<ReplayedRunView[]> {
  const views: ReplayedRunView[] = [];
  for (const answer of replays) {
    const { runId, state, workflowVersion, events, divergences, pruned } = answer;
    const common = { run_id: runId, state: runStateWord(state), workflow_version: workflowVersion };
    if (pruned) views.push({ ...common, ...(await replayHere(api, runId, definition)) });
    else views.push({ ...common, events: Number(events), divergences: divergences.map(viewOfMessage) });
  }
  return views;
}

/** Shows them to people; answers whether any diverged. */
export function showReplayedRuns(views: readonly ReplayedRunView[], output: Output): boolean {
  for (const { run_id: runId, state, workflow_version: version, events, divergences } of views) {
    const count = divergences.length;
    const result = count === 0 ? 'no divergence' : `${count} divergence${count === 1 ? '' : 's'}`;
    output.line(`run ${runId} ${state}, version ${version}, ${events} events: ${result}`);
    for (const divergence of divergences) showDivergence(divergence, output);
  }
  return views.some(({ divergences }) => divergences.length > 0);
}

async function replayHere({ events, namespace }: Api, runId: string, definition: JsonObject) {
  const request = { namespace, runId, pageSize: PAGE_SIZE };
  const listed = await Array.fromAsync(listedEvents((pageToken) => events.listEvents({ ...request, pageToken })));
  const history = ofFile(runId, () =>
    historyOf(listed.flatMap((entry) => (entry.case === 'runEvent' ? [entry.value] : []))),
  );
  const { divergences, eventCount } = replay(planOf('the definition', definition), { runId, namespace }, history);
  return { events: eventCount, divergences: divergences.map(viewOf) };
}

function viewOfMessage(message: RunReplay['divergences'][number]): DivergenceView {
  const { code, seq, nodeId, recorded, decided, differences, hint } = message;
  const fields = differences.map(({ field, recorded: before, decided: after }) => ({
    field,
    recorded: before,
    decided: after,
  }));
  return { code, seq: Number(seq), node_id: nodeId, recorded, decided, differences: fields, hint };
}

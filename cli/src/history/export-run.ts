import type { JsonObject } from '@bufbuild/protobuf';
import { historyLines, type ListedEvent } from '@skein/events';
import type { Api } from '../api/api.ts';
import { CliError } from '../cli-error.ts';

const PAGE_SIZE = 1000;

/** The lines of a run's history file, read page by page. */
export function exportRun(api: Api, runId: string, taskEvents: boolean): AsyncGenerator<string> {
  return historyLines({
    events: listedEvents(api, runId, taskEvents),
    taskEvents,
    definitionOf: (workflowId, version) => definitionOf(api, workflowId, version),
  });
}

async function* listedEvents({ events, namespace }: Api, runId: string, taskEvents: boolean) {
  let pageToken = '';
  do {
    const request = { namespace, runId, includeTaskEvents: taskEvents, pageSize: PAGE_SIZE, pageToken };
    const page = await events.listEvents(request);
    for (const { entry } of page.entries) if (entry.case !== undefined) yield entry satisfies ListedEvent;
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
}

async function definitionOf({ workflows, namespace }: Api, workflowId: string, version: number): Promise<JsonObject> {
  const { workflow } = await workflows.getWorkflow({ namespace, workflowId, version });
  if (workflow?.definition) return workflow.definition;
  throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the definition' });
}

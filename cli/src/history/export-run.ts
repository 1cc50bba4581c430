import type { JsonObject } from '@bufbuild/protobuf';
import { historyLines, listedEvents } from '@skein/events';
import type { Api } from '../api/api.ts';
import { CliError } from '../cli-error.ts';

const PAGE_SIZE = 1000;

/** The lines of a run's history file, read page by page. */
export function exportRun(api: Api, runId: string, taskEvents: boolean): AsyncGenerator<string> {
  const { events, namespace } = api;
  const request = { namespace, runId, includeTaskEvents: taskEvents, pageSize: PAGE_SIZE };
  return historyLines({
    events: listedEvents((pageToken) => events.listEvents({ ...request, pageToken })),
    taskEvents,
    definitionOf: (workflowId, version) => definitionOf(api, workflowId, version),
  });
}

async function definitionOf({ workflows, namespace }: Api, workflowId: string, version: number): Promise<JsonObject> {
  const { workflow } = await workflows.getWorkflow({ namespace, workflowId, version });
  if (workflow?.definition) return workflow.definition;
  throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the definition' });
}

import type { WorkflowDefinition } from '@skein/domain';
import type { Deprecation, StoredWorkflow, WorkflowRow, WorkflowStore } from '../../app/workflow-store.ts';

/** Workflow definitions in memory: the twin of the Postgres adapter for tests and simulations. */
export class MemoryWorkflowStore implements WorkflowStore {
  /** Versions by namespace and id, oldest first: version n is at n − 1. */
  readonly #workflows = new Map<string, StoredWorkflow[]>();

  async apply(namespace: string, definition: WorkflowDefinition, digest: string) {
    const versions = this.#versionsOf(namespace, definition.id);
    const latest = latestOf(versions);
    if (latest?.digest === digest && latest.deprecatedAtMs === undefined)
      return { row: workflowRow(latest), created: false };
    const stored: StoredWorkflow = {
      namespace,
      workflowId: definition.id,
      version: versions.length + 1,
      digest,
      name: definition.name ?? '',
      description: definition.description ?? '',
      nodeCount: definition.nodes.length,
      createdAtMs: Date.now(),
      deprecatedAtMs: undefined,
      deprecationReason: '',
      definition,
    };
    this.#workflows.set(keyOf(namespace, definition.id), [...versions, stored]);
    return { row: workflowRow(stored), created: true };
  }

  async get(namespace: string, workflowId: string, version: number): Promise<StoredWorkflow | undefined> {
    const versions = this.#versionsOf(namespace, workflowId);
    return version === 0 ? latestOf(versions) : versions[version - 1];
  }

  async deprecate(namespace: string, workflowId: string, version: number, { deprecated, reason }: Deprecation) {
    const versions = this.#versionsOf(namespace, workflowId);
    const found = versions[version - 1];
    if (found === undefined) return undefined;
    const deprecatedAtMs = deprecated ? (found.deprecatedAtMs ?? Date.now()) : undefined;
    const changed = { ...found, deprecatedAtMs, deprecationReason: deprecated ? reason : '' };
    this.#workflows.set(keyOf(namespace, workflowId), versions.with(version - 1, changed));
    return workflowRow(changed);
  }

  async listLatest(namespace: string, afterWorkflowId: string, limit: number): Promise<readonly WorkflowRow[]> {
    const latest = [...this.#workflows.values()].flatMap((versions) => latestOf(versions) ?? []);
    return latest
      .filter((row) => row.namespace === namespace && row.workflowId > afterWorkflowId)
      .toSorted((a, b) => (a.workflowId < b.workflowId ? -1 : 1))
      .slice(0, limit)
      .map(workflowRow);
  }

  async listVersions(namespace: string, workflowId: string, belowVersion: number, limit: number) {
    const below = this.#versionsOf(namespace, workflowId).filter(({ version }) => version < belowVersion);
    return below.toReversed().slice(0, limit).map(workflowRow);
  }

  #versionsOf(namespace: string, workflowId: string): readonly StoredWorkflow[] {
    return this.#workflows.get(keyOf(namespace, workflowId)) ?? [];
  }
}

function latestOf(versions: readonly StoredWorkflow[]): StoredWorkflow | undefined {
  return versions.findLast(({ deprecatedAtMs }) => deprecatedAtMs === undefined) ?? versions.at(-1);
}

function keyOf(namespace: string, workflowId: string): string {
  return JSON.stringify([namespace, workflowId]);
}

function workflowRow({ definition: _definition, ...row }: StoredWorkflow): WorkflowRow {
  return row;
}

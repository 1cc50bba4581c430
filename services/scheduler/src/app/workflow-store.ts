import type { WorkflowDefinition } from '@skein/domain';

/** A stored version of a workflow. */
export interface WorkflowRow {
  readonly namespace: string;
  readonly workflowId: string;
  readonly version: number;
  readonly digest: string;
  readonly name: string;
  readonly description: string;
  readonly nodeCount: number;
  readonly createdAtMs: number;
  /** Since when new runs should not start on it; undefined: it is not deprecated. */
  readonly deprecatedAtMs: number | undefined;
  /** Empty where it is not deprecated. */
  readonly deprecationReason: string;
}

/** A version with its definition. */
export interface StoredWorkflow extends WorkflowRow {
  readonly definition: WorkflowDefinition;
}

/** A mark on a version, or that there is none any more. */
export interface Deprecation {
  readonly deprecated: boolean;
  readonly reason: string;
}

/**
 * Where workflow definitions are kept. Versions are never changed, but may be marked as deprecated. The latest version
 * is the latest that is not; where all are, it is the newest.
 */
export interface WorkflowStore {
  /**
   * Stores a definition as the next version, or finds that the latest is equal and not deprecated. Atomic under
   * concurrent callers: two different definitions become two versions, equal ones become one.
   */
  apply(
    namespace: string,
    definition: WorkflowDefinition,
    digest: string,
  ): Promise<{ readonly row: WorkflowRow; readonly created: boolean }>;
  /** Version 0 stands for the latest. */
  get(namespace: string, workflowId: string, version: number): Promise<StoredWorkflow | undefined>;
  /** Marks a version, or takes the mark back; undefined: there is no such version. Marking twice keeps the first time. */
  deprecate(
    namespace: string,
    workflowId: string,
    version: number,
    deprecation: Deprecation,
  ): Promise<WorkflowRow | undefined>;
  /** The latest version of each workflow after an id, in the order of ids. */
  listLatest(namespace: string, afterWorkflowId: string, limit: number): Promise<readonly WorkflowRow[]>;
  /** Versions of a workflow below one, newest first. */
  listVersions(
    namespace: string,
    workflowId: string,
    belowVersion: number,
    limit: number,
  ): Promise<readonly WorkflowRow[]>;
}

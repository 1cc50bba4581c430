import type { Plan, RunState } from '@skein/domain';

/** Where compiled workflows come from. */
export interface PlanSource {
  /** The plan of a stored version; undefined where there is none. Version 0 stands for the latest. */
  stored(namespace: string, workflowId: string, version: number): Promise<StoredPlan | undefined>;
  /** The plan that a run is on: a stored workflow, an implicit one, or a graph within either. */
  ofRun(run: Pick<RunState, 'namespace' | 'workflowId' | 'workflowVersion' | 'definition' | 'bodyPath'>): Promise<Plan>;
}

/** A plan with the version it was compiled from. */
export interface StoredPlan {
  readonly version: number;
  readonly plan: Plan;
}

import { compileWorkflow, planAt, type Plan, type WorkflowDefinition } from '@skein/domain';
import type { PlanSource } from './plan-source.ts';
import type { StoredWorkflow, WorkflowStore } from './workflow-store.ts';

const MAX_PLANS = 1000;

/**
 * Compiled workflows, by namespace, id and version: versions never change, so a plan is compiled once.
 * Which version is the latest is known too, for as long as nobody says that another one has been applied.
 */
export class PlanCache implements PlanSource {
  readonly #store: Pick<WorkflowStore, 'get'>;
  readonly #plans = new Map<string, Plan>();
  /** Latest versions, by namespace and id. */
  readonly #latest = new Map<string, number>();

  constructor(store: Pick<WorkflowStore, 'get'>) {
    this.#store = store;
  }

  /** Tells which version is the latest now. */
  noteLatest(namespace: string, workflowId: string, version: number): void {
    const key = `${namespace}/${workflowId}`;
    this.#latest.set(key, Math.max(version, this.#latest.get(key) ?? 0));
  }

  /** Somebody has applied another version of `namespace/workflow_id`; undefined: of any. */
  forgetLatest(workflow: string | undefined): void {
    if (workflow === undefined) this.#latest.clear();
    else this.#latest.delete(workflow);
  }

  async stored(namespace: string, workflowId: string, version: number) {
    const wanted = version === 0 ? (this.#latest.get(`${namespace}/${workflowId}`) ?? 0) : version;
    const cached = wanted === 0 ? undefined : this.#find(planKey(namespace, workflowId, wanted));
    if (cached !== undefined) return { version: wanted, plan: cached };
    const row = await this.#store.get(namespace, workflowId, wanted);
    if (row === undefined) return undefined;
    if (version === 0) this.noteLatest(namespace, workflowId, row.version);
    return { version: row.version, plan: this.#compileStored(row) };
  }

  async ofRun(run: Parameters<PlanSource['ofRun']>[0]): Promise<Plan> {
    const { namespace, workflowId, workflowVersion, definition, bodyPath } = run;
    if (definition !== undefined) {
      return planAt(this.implicit(definition.value as unknown as WorkflowDefinition), bodyPath);
    }
    const found = await this.stored(namespace, workflowId, workflowVersion);
    if (found === undefined) throw new Error(`workflow ${workflowId} version ${workflowVersion} is not stored`);
    return planAt(found.plan, bodyPath);
  }

  /** The plan of an implicit one-node workflow. */
  implicit(definition: WorkflowDefinition): Plan {
    const key = JSON.stringify(definition);
    return this.#find(key) ?? this.#keep(key, compileWorkflow(definition));
  }

  #compileStored(row: StoredWorkflow): Plan {
    const key = planKey(row.namespace, row.workflowId, row.version);
    return this.#find(key) ?? this.#keep(key, compileWorkflow(row.definition));
  }

  /** A plan that is used moves to the end of the line of those to be forgotten. */
  #find(key: string): Plan | undefined {
    const plan = this.#plans.get(key);
    if (plan === undefined) return undefined;
    this.#plans.delete(key);
    this.#plans.set(key, plan);
    return plan;
  }

  #keep(key: string, plan: Plan): Plan {
    this.#plans.set(key, plan);
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= MAX_PLANS) break;
      this.#plans.delete(oldest);
    }
    return plan;
  }
}

function planKey(namespace: string, workflowId: string, version: number): string {
  return `${namespace}/${workflowId}/${version}`;
}

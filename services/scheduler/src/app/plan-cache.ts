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
  /** Why versions are deprecated, undefined for those that are not; of those looked up since something changed. */
  readonly #deprecations = new Map<string, string | undefined>();
  /** Grows with every change: what was read before it is not noted after it. */
  #changes = 0;

  constructor(store: Pick<WorkflowStore, 'get'>) {
    this.#store = store;
  }

  /** Tells which version is the latest now. */
  noteLatest(namespace: string, workflowId: string, version: number): void {
    const key = `${namespace}/${workflowId}`;
    this.#latest.set(key, Math.max(version, this.#latest.get(key) ?? 0));
  }

  /** Somebody has applied or deprecated a version of `namespace/workflow_id`; undefined: of any. */
  forgetLatest(workflow: string | undefined): void {
    this.#changes += 1;
    this.#deprecations.clear();
    if (workflow === undefined) this.#latest.clear();
    else this.#latest.delete(workflow);
  }

  /** A stored version; 0 stands for the latest. `deprecation` says why it is deprecated; undefined: it is not. */
  async stored(namespace: string, workflowId: string, version: number) {
    const wanted = version === 0 ? (this.#latest.get(`${namespace}/${workflowId}`) ?? 0) : version;
    const key = planKey(namespace, workflowId, wanted);
    const cached = wanted === 0 || !this.#deprecations.has(key) ? undefined : this.#find(key);
    if (cached !== undefined) return { version: wanted, plan: cached, deprecation: this.#deprecations.get(key) };
    const changes = this.#changes;
    const row = await this.#store.get(namespace, workflowId, wanted);
    if (row === undefined) return undefined;
    const deprecation = row.deprecatedAtMs === undefined ? undefined : row.deprecationReason;
    if (changes === this.#changes) {
      if (version === 0) this.noteLatest(namespace, workflowId, row.version);
      this.#deprecations.set(planKey(namespace, workflowId, row.version), deprecation);
    }
    return { version: row.version, plan: this.#compileStored(row), deprecation };
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

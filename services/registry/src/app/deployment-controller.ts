/**
 * Brings deployments to what they should be, while it is started. One process of a database does it, the one that probes.
 *
 * Owns when a deployment is looked at. Does not own what is decided (domain/deployment-plan.ts) nor its state.
 *
 * C1. Every look decides on what is written, never on what this process remembers: it may die between any two lines.
 * C2. Two that are at it for a moment decide one after the other, each on what the other wrote.
 * C3. An outage of the database or of this process costs no executor its instances: one is forgotten only when this has
 *     been at work without a failure for as long as it was silent.
 */
import { isNews, type DeploymentPlan } from '../domain/deployment-decision.ts';
import { planDeployment } from '../domain/deployment-plan.ts';
import type { DeploymentKey, DeploymentRecord } from '../domain/deployment-record.ts';
import type { ControlStore } from './deployment-store.ts';

/** Told of what a controller does. */
export interface ControllerObserver {
  deploymentPlanned(key: DeploymentKey, plan: DeploymentPlan): void;
  executorsForgotten(count: number): void;
  controlFailed(error: unknown): void;
}

/** What a controller needs. */
export interface DeploymentControllerOptions {
  readonly store: ControlStore;
  /** Time between two looks where nobody tells of news. */
  readonly intervalMs: number;
  /** An executor that was not heard of for so long is gone. */
  readonly executorLeaseMs: number;
  readonly observer: ControllerObserver;
}

export class DeploymentController implements AsyncDisposable {
  readonly #options: DeploymentControllerOptions;
  #aliveSinceMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #isNewsWaiting = false;

  constructor(options: DeploymentControllerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#aliveSinceMs !== undefined) return;
    this.#aliveSinceMs = performance.now();
    this.look();
  }

  stop(): void {
    this.#aliveSinceMs = undefined;
    clearTimeout(this.#timer);
  }

  /** There may be something to do. */
  look(): void {
    if (this.#aliveSinceMs === undefined) return;
    this.#isNewsWaiting = true;
    clearTimeout(this.#timer);
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#aliveSinceMs === undefined) return;
      // News that came after the last look at it is not left until the next one.
      const waitMs = this.#isNewsWaiting ? 0 : this.#options.intervalMs;
      this.#timer = setTimeout(() => this.look(), waitMs);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#working;
  }

  async #work(): Promise<void> {
    try {
      while (this.#isNewsWaiting && this.#aliveSinceMs !== undefined) {
        this.#isNewsWaiting = false;
        await this.#lookOnce(performance.now() - this.#aliveSinceMs);
      }
    } catch (error) {
      if (this.#aliveSinceMs === undefined) return;
      this.#aliveSinceMs = performance.now();
      this.#options.observer.controlFailed(error);
    }
  }

  async #lookOnce(aliveForMs: number): Promise<void> {
    const { store, observer, executorLeaseMs } = this.#options;
    if (aliveForMs >= executorLeaseMs) {
      const forgotten = await store.forgetExecutors(executorLeaseMs);
      if (forgotten > 0) observer.executorsForgotten(forgotten);
    }
    const { deployments, executors } = await store.survey();
    for (const deployment of deployments) {
      if (this.#aliveSinceMs === undefined) return;
      if (!isNews(planDeployment(deployment, executors, deployment.readAtMs), deployment.obstacle)) continue;
      const plan = await store.reconcile(deployment, (now, hosts) => planDeployment(now, hosts, now.readAtMs));
      if (plan !== undefined) observer.deploymentPlanned(keyOf(deployment), plan);
    }
  }
}

const keyOf = ({ namespace, deploymentId }: DeploymentRecord): DeploymentKey => ({ namespace, deploymentId });

/** Calls and failures of the last 30 s, in steps of 5 s. */
const STEP_MS = 5000;
const STEPS = 6;

interface Step {
  /** The step's number since the clock began. */
  number: number;
  calls: number;
  failures: number;
}

export class CallWindow {
  readonly #steps: Step[] = Array.from({ length: STEPS }, () => ({ number: -STEPS, calls: 0, failures: 0 }));

  add(isFailure: boolean, nowMs: number): void {
    const number = Math.floor(nowMs / STEP_MS);
    const step = this.#steps[number % STEPS];
    if (step === undefined) return;
    if (step.number !== number) Object.assign(step, { number, calls: 0, failures: 0 });
    step.calls += 1;
    if (isFailure) step.failures += 1;
  }

  counts(nowMs: number): { readonly calls: number; readonly failures: number } {
    const oldest = Math.floor(nowMs / STEP_MS) - STEPS;
    let calls = 0;
    let failures = 0;
    for (const step of this.#steps) {
      if (step.number <= oldest) continue;
      calls += step.calls;
      failures += step.failures;
    }
    return { calls, failures };
  }
}

import { runCommand } from '../run-command.ts';
import type { Step } from './steps.ts';
import { NONE, readTotals } from './totals.ts';
import type { Totals } from './totals.ts';

export interface StepResult {
  readonly title: string;
  readonly totals: Totals;
  /** Why the part itself failed, where its own count does not say so. */
  readonly problem?: string;
}

/** What a person's shell may hold but a test must not see. */
const PERSONAL =
  /^(?:SKEIN_(?!TEST_)|OTEL_|PG[A-Z]|NODE_TEST_CONTEXT$|(?:HTTP_PORT|DATABASE_URL|INGRESS_URL|AGENT_TIMEOUT_MS|LOG_LEVEL)$)/;

/** No test is silent for so long unless it hangs. */
const SILENCE_MS = 8 * 60_000;

function print(text: string): void {
  process.stdout.write(text);
}

function testEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !PERSONAL.test(name));
  return {
    ...Object.fromEntries(kept),
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_TUI: 'false',
    FORCE_COLOR: '0',
    NO_COLOR: '1',
  };
}

/** Runs one part under its heading. Never rejects: what cannot run has failed. `show` takes the output as it comes. */
export async function runStep(step: Step, root: string, show: (text: string) => void = print): Promise<StepResult> {
  show(`\n── ${step.title}\n`);
  const startedMs = performance.now();
  const onOutput = step.kind === 'suite' ? show : undefined;
  const { ok, output } = await runCommand(step.command, {
    cwd: root,
    env: testEnvironment(),
    silenceMs: SILENCE_MS,
    ...(onOutput && { onOutput }),
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const totals = step.kind === 'suite' ? readTotals(output) : { ...NONE, passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
  if (step.kind === 'check') show(ok ? `ok (${seconds} s)\n` : `${output}FAILED (${seconds} s)\n`);
  return judge(step, ok, totals);
}

/** A suite that failed without a failed test, or that passed without any test, could not run. */
function judge({ title, kind, command }: Step, ok: boolean, totals: Totals): StepResult {
  const couldNotRun =
    kind === 'suite' && ((!ok && totals.failed === 0) || (ok && totals.passed + totals.skipped === 0));
  if (!couldNotRun) return { title, totals };
  return { title, totals: { ...totals, failed: totals.failed + 1 }, problem: `could not run: ${command.join(' ')}` };
}

import { after, before, suite } from 'node:test';
import { startPlatform, type Mode, type TestPlatform } from '../harness/platform.ts';
import { readyMadeFlowSuite } from '../../conformance/ready-made-flows.ts';
import { agentProtocolSuite } from './agent-protocols.ts';
import { badAgentSuite } from './bad-agents.ts';
import { badInputSuite } from './bad-input.ts';
import { cancelSuite } from './cancel.ts';
import { doctorSuite } from './doctor.ts';
import { eventSuite } from './events.ts';
import { approvalSuite } from './graphs/approvals.ts';
import { compensationSuite } from './graphs/compensation.ts';
import { forkSuite } from './graphs/forks.ts';
import { heartbeatSuite } from './graphs/heartbeats.ts';
import { joinSuite } from './graphs/joins.ts';
import { loopSuite } from './graphs/loops.ts';
import { mapSuite } from './graphs/maps.ts';
import { pauseSuite } from './graphs/pauses.ts';
import { signalSuite } from './graphs/signals.ts';
import { subworkflowSuite } from './graphs/subworkflows.ts';
import { waitSuite } from './graphs/waits.ts';
import { findingSuite } from './finding.ts';
import { historySuite } from './histories.ts';
import { calledRunSuite } from './called-runs.ts';
import { limitSuite } from './limits.ts';
import { largePayloadSuite } from './large-payloads.ts';
import { mainJobSuite } from './main-job.ts';
import { messageSuite } from './messages.ts';
import { metricSuite } from './metrics.ts';
import { retentionSuite } from './retention.ts';
import { rpcServiceSuite } from './rpc-services.ts';
import { scheduleSuite } from './schedules.ts';
import { startSuite } from './start.ts';
import { structuredLlmSuite } from './structured-llm.ts';
import { toolSuite } from './tools.ts';

const JOBS = [
  mainJobSuite,
  startSuite,
  cancelSuite,
  eventSuite,
  historySuite,
  doctorSuite,
  badInputSuite,
  badAgentSuite,
  scheduleSuite,
  findingSuite,
  largePayloadSuite,
  readyMadeFlowSuite,
  calledRunSuite,
  limitSuite,
  retentionSuite,
  messageSuite,
  metricSuite,
] as const;
/** What workflows can do. */
const GRAPHS = [
  mapSuite,
  loopSuite,
  subworkflowSuite,
  waitSuite,
  signalSuite,
  approvalSuite,
  compensationSuite,
  pauseSuite,
  forkSuite,
  joinSuite,
  heartbeatSuite,
] as const;
/** Whom they call, and how. */
const CALLS = [agentProtocolSuite, structuredLlmSuite, rpcServiceSuite, toolSuite] as const;

/** Every suite runs processes of its own: more at once would only wait for each other. */
const SUITES_AT_A_TIME = 4;

/** Gives the platform of the file, once it runs. */
export type UsePlatform = () => TestPlatform;

/** Runs every suite against a platform of the given mode; `more` are suites for this mode alone, after the others. */
export function everyMode(mode: Mode, more: (use: UsePlatform) => void = () => undefined): void {
  suite(mode, { timeout: 170_000 }, () => {
    let platform: TestPlatform | undefined;
    const use: UsePlatform = () => {
      if (!platform) throw new Error('the platform did not start');
      return platform;
    };
    before(async () => {
      platform = await startPlatform(mode);
    });
    after(() => platform?.[Symbol.asyncDispose]());
    // Side by side, each in a namespace of its own: none may see what another does.
    suite('jobs', { concurrency: SUITES_AT_A_TIME }, () => {
      for (const add of JOBS) add(use);
    });
    suite('graphs', { concurrency: SUITES_AT_A_TIME }, () => {
      for (const add of GRAPHS) add(use);
    });
    suite('calls', { concurrency: true }, () => {
      for (const add of CALLS) add(use);
    });
    more(use);
  });
}

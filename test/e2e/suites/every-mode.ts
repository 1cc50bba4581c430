import { after, before, suite } from 'node:test';
import { startPlatform, type Mode, type TestPlatform } from '../harness/platform.ts';
import { badAgentSuite } from './bad-agents.ts';
import { badInputSuite } from './bad-input.ts';
import { cancelSuite } from './cancel.ts';
import { eventSuite } from './events.ts';
import { mainJobSuite } from './main-job.ts';
import { rpcServiceSuite } from './rpc-services.ts';
import { startSuite } from './start.ts';
import { structuredLlmSuite } from './structured-llm.ts';
import { toolSuite } from './tools.ts';

const SUITES = [
  mainJobSuite,
  startSuite,
  cancelSuite,
  eventSuite,
  badInputSuite,
  badAgentSuite,
  structuredLlmSuite,
  rpcServiceSuite,
  toolSuite,
];

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
    suite('jobs', { concurrency: true }, () => {
      for (const add of SUITES) add(use);
    });
    more(use);
  });
}

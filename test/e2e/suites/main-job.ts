import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { ROOT } from '../harness/skein.ts';
import type { UsePlatform } from './every-mode.ts';

interface DemoDocument {
  readonly summary: { readonly runs: number; readonly failed: number; readonly accuracy: number };
  readonly results: readonly DemoResult[];
  readonly drafts: readonly DemoResult[];
}

interface DemoResult {
  readonly ticket: string;
  readonly category: string;
  readonly expected_category: string;
  readonly answer: string;
  readonly run: {
    readonly run_id: string;
    readonly state: string;
    readonly nodes: readonly { readonly node_id: string; readonly state: string }[];
  };
}

const TICKETS = 9;

/** The states of a run's nodes, by node. */
function statesOf({ run }: DemoResult): Record<string, string> {
  return Object.fromEntries(run.nodes.map(({ node_id, state }) => [node_id, state]));
}

function expectedStates(category: string): Record<string, string> {
  const taken = (isTaken: boolean): string => (isTaken ? 'SUCCEEDED' : 'SKIPPED');
  return {
    classify: 'SUCCEEDED',
    route: 'SUCCEEDED',
    'billing-agent': taken(category === 'billing'),
    'tech-agent': taken(category === 'technical'),
  };
}

/** The customer support workflow and its hybrid, over agents of all three protocols. */
export function mainJobSuite(use: UsePlatform): void {
  suite('the support desk', () => {
    test('tickets are classified, routed and answered; a model drafts some answers', async () => {
      const platform = use();
      const tickets = join(platform.dataDir, 'tickets.jsonl');
      const all = await readFile(join(ROOT, 'examples/customer-support/tickets.jsonl'), 'utf8');
      await writeFile(tickets, all.split('\n').slice(0, TICKETS).join('\n'));
      const demo = ['demo', '--api', platform.apiUrl, '-n', 'support', '--tickets', tickets, '-o', 'json'];
      const { code, stdout, stderr } = await platform.skein(...demo);
      assert.equal(code, 0, stderr);
      const { summary, results, drafts } = JSON.parse(stdout) as DemoDocument;
      assert.deepEqual([summary.failed, summary.accuracy, results.length], [0, 1, TICKETS]);
      assert.equal(summary.runs, results.length + drafts.length);
      for (const result of results) {
        assert.deepEqual(statesOf(result), expectedStates(result.category), result.ticket);
        assert.equal(result.answer === '', result.category === 'other', result.ticket);
      }
      assert.deepEqual(new Set(results.map(({ category }) => category)), new Set(['billing', 'technical', 'other']));
      for (const draft of drafts) {
        assert.deepEqual(statesOf(draft), { ...expectedStates(draft.category), draft: 'SUCCEEDED' });
        assert.notEqual(draft.answer, '');
      }
      assert.match(stderr, /T-1001 +classify +SUCCEEDED/);
      assert.match(stderr, /T-1001 +run +DONE/);
    });
  });
}

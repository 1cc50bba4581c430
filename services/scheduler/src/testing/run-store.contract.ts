import { describe } from 'node:test';
import { testCommits } from './run-store/commits.contract.ts';
import { testContention } from './run-store/contention.contract.ts';
import { testFilters } from './run-store/filters.contract.ts';
import { testOutbox } from './run-store/outbox.contract.ts';
import { testPruning, type EmptyPrunableStore } from './run-store/pruning.contract.ts';
import { testPayloads } from './run-store/payloads.contract.ts';
import { testReads } from './run-store/reads.contract.ts';
import { testStarts } from './run-store/starts.contract.ts';

/** The promises of `RunStore` (S1–S4) and `RunPruning` (P1–P4), proved on one adapter. */
export function testRunStoreContract(adapter: string, emptyStore: EmptyPrunableStore): void {
  describe(`run store: ${adapter}`, () => {
    describe('commits', () => testCommits(emptyStore));
    describe('starts', () => testStarts(emptyStore));
    describe('reads', () => testReads(emptyStore));
    describe('filters', () => testFilters(emptyStore));
    describe('outbox', () => testOutbox(emptyStore));
    describe('contention', () => testContention(emptyStore));
    describe('payloads', () => testPayloads(emptyStore));
    describe('pruning', () => testPruning(emptyStore));
  });
}

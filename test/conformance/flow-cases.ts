/** Flows of other systems as they were written there, and what has to come of them. */
import type { JsonValue } from '@bufbuild/protobuf';

/** One run of a flow. */
export interface FlowCase {
  readonly input: JsonValue;
  readonly output: JsonValue;
  /** Nodes whose agents are asked, in alphabetical order. */
  readonly asked: readonly string[];
}

/** A flow, its agents and its runs. */
export interface Flow {
  /** File in `flows/`; the native form that it comes to stands beside it, as `NAME.native.json`. */
  readonly file: string;
  readonly workflowId: string;
  /** What each agent answers. */
  readonly agents: Readonly<Record<string, (input: Readonly<Record<string, JsonValue>>) => JsonValue>>;
  readonly cases: readonly FlowCase[];
}

const reader = ({ text }: Readonly<Record<string, JsonValue>>): JsonValue => {
  const isUrgent = typeof text === 'string' && text.includes('fire');
  return { level: isUrgent ? 'urgent' : 'low', text: text ?? '' };
};

export const FLOWS: readonly Flow[] = [
  {
    file: 'spine-loan-review.yaml',
    workflowId: 'loan-review',
    agents: {
      'income-checker': ({ salary }) => ({ income: Number(salary) * 12 }),
      'debt-checker': ({ loans }) => ({ debts: Number(loans) }),
      'summary-writer': ({ income, debts }) => ({ text: `${String(income)} against ${String(debts)}` }),
    },
    cases: [
      {
        input: { salary: 1000, loans: 500 },
        output: { text: '12000 against 500' },
        asked: ['debts', 'income', 'writer'],
      },
    ],
  },
  {
    file: 'kairos-support.yaml',
    workflowId: 'customer-support-workflow',
    agents: {
      'classifier-agent': ({ text }) => ({ category: String(text) }),
      'billing-specialist': ({ category }) => ({ by: 'billing', category: category ?? null }),
      'tech-support': ({ category }) => ({ by: 'tech', category: category ?? null }),
    },
    cases: [
      {
        input: { text: 'billing' },
        output: { by: 'billing', category: 'billing' },
        asked: ['billing-agent', 'classify'],
      },
      {
        input: { text: 'technical' },
        output: { by: 'tech', category: 'technical' },
        asked: ['classify', 'tech-agent'],
      },
      { input: { text: 'praise' }, output: { category: 'praise' }, asked: ['classify'] },
    ],
  },
  {
    file: 'planner-triage.yaml',
    workflowId: 'triage',
    agents: { reader, pager: () => 'paged', clerk: () => 'filed', greeter: () => 'answered' },
    cases: [
      { input: { text: 'fire, please' }, output: 'paged', asked: ['read', 'urgent'] },
      { input: { text: 'tea, please' }, output: 'answered', asked: ['polite', 'read'] },
      { input: { text: 'tea' }, output: 'filed', asked: ['later', 'read'] },
    ],
  },
  {
    file: 'planner-triage.json',
    workflowId: 'triage-json',
    agents: { reader, pager: () => 'paged', clerk: () => 'filed' },
    cases: [
      { input: { text: 'fire' }, output: 'paged', asked: ['read', 'urgent'] },
      { input: { text: 'tea' }, output: 'filed', asked: ['later', 'read'] },
    ],
  },
];

import { broken, kept, type Rule } from '../../rule.ts';
import type { A2aSubject } from '../a2a-subject.ts';

/** The card says who the agent is, and how it is called. */
export const a2aCardValid: Rule<A2aSubject> = {
  id: 'a2a/card-valid',
  expected:
    'a card at .well-known/agent-card.json (or agent.json) with a name, a description, a version, skills with ids of their own, and an interface of 1.0, 0.3 or the draft',
  async check(subject) {
    const { card, value } = await subject.card();
    const { facts } = card;
    const problems = (['name', 'description', 'version'] as const).filter((name) => facts[name] === '');
    const seen: string[] = problems.map((name) => `there is no ${name}`);
    const declared = Array.isArray(value['skills']) ? value['skills'].length : 0;
    if (facts.skills.length < declared) seen.push(`${declared - facts.skills.length} skills without an id`);
    if (new Set(facts.skills.map(({ id }) => id)).size < facts.skills.length) seen.push('two skills of the same id');
    return seen.length === 0 ? kept : broken(seen.join('; '), 'see the AgentCard of the A2A specification');
  },
};

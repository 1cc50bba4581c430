import { create } from '@bufbuild/protobuf';
import { AgentCardSchema, type AgentCard } from '@skein/contracts/agent';
import type { Model } from './model.ts';

/** The one skill of this agent. */
export const SKILL_ID = 'classify';

/** What the agent says about itself. */
export function cardOf(model: Model): AgentCard {
  return create(AgentCardSchema, {
    agentId: 'classifier-agent',
    name: 'Ticket classifier',
    description: `Tells ${model.labels.join(', ')} tickets apart, in English, Spanish and German, and says why.`,
    version: model.version,
    skills: [
      {
        skillId: SKILL_ID,
        description: 'Finds the category of a support ticket.',
        tags: ['classification', 'support'],
        inputSchema: {
          anyOf: [
            { type: 'string', minLength: 1 },
            {
              type: 'object',
              properties: { subject: { type: 'string' }, text: { type: 'string' } },
              anyOf: [{ required: ['text'] }, { required: ['subject'] }],
            },
          ],
        },
        outputSchema: {
          type: 'object',
          required: ['category', 'confidence', 'reasons', 'ticket'],
          properties: {
            category: { enum: [...model.labels] },
            confidence: { type: 'number', minimum: 0, maximum: 1 },
            reasons: { type: 'array', items: { type: 'string' } },
            ticket: { type: 'object', description: 'The ticket as it came, for the agents after this one.' },
          },
        },
      },
    ],
  });
}

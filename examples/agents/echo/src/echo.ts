import { defineAgent } from '@skein/sdk';

/** Says what it is told, word by word. */
export const echo = defineAgent<string, { text: string }>(
  { id: 'echo', version: '1.0.0', description: 'Says what it is told.', input: { type: 'string' } },
  (text, ctx) => {
    for (const word of text.split(' ')) ctx.delta(`${word} `);
    return { text };
  },
);

import type { ServerResponse } from 'node:http';

/** Answers at once with what it was asked: the work of an agent that costs nothing. */
export function echo(body: string, response: ServerResponse): void {
  const { input } = JSON.parse(body) as { readonly input?: { readonly user_query?: string } };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ output: `ok:${input?.user_query ?? ''}` }));
}

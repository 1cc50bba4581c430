import type { MessageInitShape } from '@bufbuild/protobuf';
import type { HandlerContext } from '@connectrpc/connect';
import type { WatchRoutesRequest, WatchRoutesResponseSchema } from '@skein/contracts/registry';
import { FeedClosedError } from '../app/registry-errors.ts';
import type { LoadBook } from '../app/load-book.ts';
import type { RouteFeed } from '../app/route-feed.ts';
import type { RouteNews } from '../app/route-watcher.ts';
import { keyText } from '../domain/agent-record.ts';
import { agentToMessage, loadToMessage, NO_LOADS } from './agent-message.ts';
import { routingToMessage } from './routing-message.ts';

/** AgentRegistryService.WatchRoutes. */
export function watchRoutesRpc({ feed, loads }: { readonly feed: RouteFeed; readonly loads: LoadBook }) {
  return async function* ({ policiesOnly }: WatchRoutesRequest, context: HandlerContext) {
    using watcher = feed.watch();
    if (policiesOnly) return yield* policyNews(watcher.news(context.signal), context);
    using _listening = loads.listen((news) => watcher.pushLoads(news));
    for await (const news of watcher.news(context.signal)) yield newsToMessage(news);
    if (!context.signal.aborted) throw new FeedClosedError();
  };
}

/** What is told of how calls are routed: only what is different from what was told before. */
async function* policyNews(
  all: AsyncIterable<RouteNews>,
  { signal }: HandlerContext,
): AsyncGenerator<MessageInitShape<typeof WatchRoutesResponseSchema>> {
  const told = new Map<string, string>();
  for await (const news of all) {
    if (news.kind === 'upserted') {
      const { namespace, agentId, routing } = news.agent;
      const policy = JSON.stringify(routing ?? null);
      if (told.get(keyText(news.agent)) === policy) continue;
      told.set(keyText(news.agent), policy);
      const value = { namespace, agentId, ...(routing === undefined ? {} : { routing: routingToMessage(routing) }) };
      yield { change: { case: 'upserted', value } };
    } else if (news.kind !== 'loads') {
      if (news.kind === 'removed') told.delete(keyText(news.key));
      yield newsToMessage(news);
    }
  }
  if (!signal.aborted) throw new FeedClosedError();
}

function newsToMessage(news: RouteNews): MessageInitShape<typeof WatchRoutesResponseSchema> {
  switch (news.kind) {
    case 'upserted':
      return { change: { case: 'upserted', value: agentToMessage(news.agent, NO_LOADS) } };
    case 'removed':
      return { change: { case: 'removed', value: news.key } };
    case 'loads': {
      const loads = [...news.loads].map(([instanceId, load]) => [instanceId, loadToMessage(load)] as const);
      return { change: { case: 'loads', value: { loads: Object.fromEntries(loads) } } };
    }
    case 'synced':
      return { change: { case: 'synced', value: {} } };
  }
}

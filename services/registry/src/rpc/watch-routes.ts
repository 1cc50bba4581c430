import type { MessageInitShape } from '@bufbuild/protobuf';
import type { HandlerContext } from '@connectrpc/connect';
import type { WatchRoutesRequest, WatchRoutesResponseSchema } from '@skein/contracts/registry';
import { FeedClosedError } from '../app/registry-errors.ts';
import type { LoadBook } from '../app/load-book.ts';
import type { RouteFeed } from '../app/route-feed.ts';
import type { RouteNews } from '../app/route-watcher.ts';
import { agentToMessage, loadToMessage, NO_LOADS } from './agent-message.ts';

/** AgentRegistryService.WatchRoutes. */
export function watchRoutesRpc({ feed, loads }: { readonly feed: RouteFeed; readonly loads: LoadBook }) {
  return async function* (_request: WatchRoutesRequest, context: HandlerContext) {
    using watcher = feed.watch();
    using _listening = loads.listen((news) => watcher.pushLoads(news));
    for await (const news of watcher.news(context.signal)) yield newsToMessage(news);
    if (!context.signal.aborted) throw new FeedClosedError();
  };
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

import { LimitSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { concurrencyText, rateText, setBy } from '../../limit/limit-view.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.option('--limit <count>', 'at most this many', wholeNumber(1, 100_000), 100);
  invocation.handle(command, async (session, { limit: most }: { limit: number }) => {
    const { output } = session;
    const { limits: client, namespace } = await connect(session);
    const limits = await pagesOf(most, async (page) => {
      const answer = await client.listLimits({ namespace, ...page });
      return { items: answer.limits, nextPageToken: answer.nextPageToken };
    });
    output.document({ limits: limits.map((limit) => plainJson(LimitSchema, limit)) });
    if (limits.length === 0) return output.note('no limits; `skein limits set namespace --max N` sets one');
    const rows = limits.map((limit) => [
      limit.key,
      concurrencyText(limit),
      rateText(limit),
      String(limit.waiterCount),
      setBy(limit),
    ]);
    for (const line of table(['LIMIT', 'TAKEN', 'RATE', 'WAITING', 'SET BY'], rows)) output.line(line);
    return undefined;
  });
};

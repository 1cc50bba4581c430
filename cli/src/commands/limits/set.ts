import { LimitSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { durationOfMs } from '../../api/wire-values.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { parseSpanMs, wholeNumber } from '../../input/option-values.ts';
import { limitLine } from '../../limit/limit-view.ts';
import { plainJson } from '../../output/plain-json.ts';
import { KEY_HELP } from './group.ts';

interface Options {
  readonly max?: number;
  readonly rate?: number;
  readonly per?: number;
}

const MAX_FIGURE = 10_000;

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<key>', KEY_HELP)
    .option('--max <count>', 'most runs at a time; calls of an agent', wholeNumber(1, MAX_FIGURE))
    .option('--rate <count>', 'most runs that begin per --per; calls of an agent', wholeNumber(1, MAX_FIGURE))
    .option('--per <span>', 'the time of --rate (1s, 5m)', parseSpanMs);
  invocation.handle(command, async (session, key: string, { max = 0, rate = 0, per }: Options) => {
    const { limits, namespace } = await connect(session);
    const ratePer = per === undefined ? {} : { ratePer: durationOfMs(per) };
    const { limit } = await limits.setLimit({ namespace, key, maxConcurrency: max, rateLimit: rate, ...ratePer });
    if (!limit) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the limit' });
    session.output.document(plainJson(LimitSchema, limit));
    session.output.line(limitLine(limit));
  });
};

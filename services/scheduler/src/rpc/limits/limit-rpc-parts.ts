import { Code } from '@connectrpc/connect';
import { MIN_RATE_MS, MAX_DURATION_MS } from '@skein/domain';
import { msOfDuration } from '@skein/events';
import { skeinError } from '@skein/rpc';
import type { SetLimitRequest } from '@skein/contracts/scheduler';
import type { LimitFigures, LimitKey, LimitStore } from '../../app/limits/limit-store.ts';
import type { RunAdmission } from '../../app/limits/run-admission.ts';
import { bounded, invalidField, namespaceOf, required } from '../request-fields.ts';

/** What the RPCs about limits are made of. */
export interface LimitRpcParts {
  readonly limits: LimitStore;
  /** Gives runs that wait what a changed limit lets them have. */
  readonly admission: Pick<RunAdmission, 'changed'>;
  /** Which limits there are, in memory. */
  readonly book: { reload(): Promise<void> };
}

const MAX_KEY_CHARS = 512;
const MAX_FIGURE = 10_000;
const KEY = /^(namespace|agent\/[A-Za-z0-9_.-]{1,128}|workflow\/[A-Za-z0-9_.-]{1,128}(\/.+)?|key\/.+)$/s;

/** The limit that a request names. */
export function limitKeyOf({ namespace, key }: LimitKey): LimitKey {
  bounded('key', required('key', key), MAX_KEY_CHARS);
  if (!KEY.test(key))
    throw invalidField('key', 'give namespace, workflow/ID, workflow/ID/VALUE, key/VALUE or agent/ID');
  return { namespace: namespaceOf(namespace), key };
}

/** The figures of a request. */
export function figuresOf({ maxConcurrency, rateLimit, ratePer }: SetLimitRequest): LimitFigures {
  if (maxConcurrency > MAX_FIGURE) throw invalidField('max_concurrency', `give 1 to ${MAX_FIGURE}`);
  if (rateLimit > MAX_FIGURE) throw invalidField('rate_limit', `give 1 to ${MAX_FIGURE}`);
  const perMs = msOfDuration(ratePer);
  if ((rateLimit === 0) !== (perMs === undefined)) throw invalidField('rate_per', 'give it together with rate_limit');
  if (perMs !== undefined && !(perMs >= MIN_RATE_MS && perMs <= MAX_DURATION_MS)) {
    throw invalidField('rate_per', `give ${MIN_RATE_MS} ms to 365 days`);
  }
  if (maxConcurrency === 0 && perMs === undefined) throw invalidField('max_concurrency', 'give it, or rate_limit');
  return {
    maxConcurrency: maxConcurrency === 0 ? undefined : maxConcurrency,
    rate: perMs === undefined ? undefined : { limit: rateLimit, perMs: Math.round(perMs) },
  };
}

/** No such limit. */
export function limitNotFound({ namespace, key }: LimitKey) {
  return skeinError({
    reason: 'LIMIT_NOT_FOUND',
    code: Code.NotFound,
    message: `namespace ${namespace} has no limit ${key}`,
    place: 'key',
    remedy: '`skein limits list` shows what there is; `skein limits set KEY --max N` sets one',
  });
}

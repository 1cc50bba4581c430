import { create } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { LimitSchema, LimitService, type Limit } from '@skein/contracts/scheduler';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';

/** Limits that nobody is held up by. */
export function fakeLimits(): ServiceBinding {
  const limits = new Map<string, Limit>();
  const found = (key: string): Limit => {
    const limit = limits.get(key);
    if (limit !== undefined) return limit;
    throw skeinError({ reason: 'LIMIT_NOT_FOUND', code: Code.NotFound, message: `no limit ${key}` });
  };
  return bind(LimitService, {
    setLimit: ({ key, maxConcurrency, rateLimit, ratePer }) => {
      const figures = { maxConcurrency, rateLimit, ...(ratePer === undefined ? {} : { ratePer }) };
      const limit = create(LimitSchema, { namespace: 'default', key, ...figures });
      limits.set(key, limit);
      return { limit };
    },
    getLimit: ({ key }) => ({ limit: found(key) }),
    listLimits: () => ({ limits: [...limits.values()] }),
    deleteLimit: ({ key }) => {
      found(key);
      limits.delete(key);
      return {};
    },
  });
}

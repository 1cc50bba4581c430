import { Code, ConnectError } from '@connectrpc/connect';
import { Health as HealthService, HealthCheckResponse_ServingStatus as ServingStatus } from '@skein/contracts/grpc';
import { bind, type ServiceBinding } from './service-binding.ts';

/** What the standard health service of a server answers. */
export interface Health {
  readonly binding: ServiceBinding;
  /** Changes every service at once and tells the watchers. */
  setAll(status: 'SERVING' | 'NOT_SERVING'): void;
}

/** Health of a server with these services; serving from the start. The empty name stands for the whole server. */
export function createHealth(serviceNames: readonly string[]): Health {
  const known = new Set(['', ...serviceNames]);
  let status: ServingStatus = ServingStatus.SERVING;
  let changed = Promise.withResolvers<void>();

  const binding = bind(HealthService, {
    check(request) {
      if (!known.has(request.service)) throw new ConnectError(`no service ${request.service} here`, Code.NotFound);
      return { status };
    },
    async *watch(request, { signal }) {
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      if (!known.has(request.service)) yield { status: ServingStatus.SERVICE_UNKNOWN };
      while (!signal.aborted) {
        const next = changed.promise;
        if (known.has(request.service)) yield { status };
        await Promise.race([next, stopped]);
      }
    },
  });

  return {
    binding,
    setAll(next) {
      status = ServingStatus[next];
      changed.resolve();
      changed = Promise.withResolvers();
    },
  };
}

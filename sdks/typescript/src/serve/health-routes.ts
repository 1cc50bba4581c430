import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { AgentService } from '../gen/skein/agent/v1/agent_service_pb.ts';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '../gen/grpc/health/v1/health_pb.ts';

const KNOWN: ReadonlySet<string> = new Set(['', AgentService.typeName]);

/** The standard health service: serving until `stop`. */
export function healthRoutes() {
  const stopping = new AbortController();
  const statusOf = (service: string): ServingStatus => {
    if (!KNOWN.has(service)) return ServingStatus.SERVICE_UNKNOWN;
    return stopping.signal.aborted ? ServingStatus.NOT_SERVING : ServingStatus.SERVING;
  };
  return {
    stop: () => stopping.abort(),
    routes(router: ConnectRouter): void {
      router.service(Health, {
        check({ service }) {
          const status = statusOf(service);
          if (status !== ServingStatus.SERVICE_UNKNOWN) return { status };
          throw new ConnectError(`no service ${service} here`, Code.NotFound);
        },
        async *watch({ service }, { signal }) {
          yield { status: statusOf(service) };
          await aborted(AbortSignal.any([stopping.signal, signal]));
          // Whoever watches is told of the stop; then the stream ends, so that it does not hold up the stop.
          if (!signal.aborted) yield { status: statusOf(service) };
        },
      });
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

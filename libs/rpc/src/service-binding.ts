import type { DescService } from '@bufbuild/protobuf';
import { createServiceImplSpec, type MethodImplSpec, type ServiceImpl } from '@connectrpc/connect';

/** A service of the contracts with the code behind it, ready for any transport. */
export interface ServiceBinding {
  readonly service: DescService;
  /** By the method's local name, such as `startRun`. */
  readonly methods: Readonly<Record<string, MethodImplSpec>>;
}

/** Binds an implementation to its service; every RPC must be there. */
export function bind<Service extends DescService>(
  service: Service,
  implementation: ServiceImpl<Service>,
): ServiceBinding {
  return createServiceImplSpec(service, implementation);
}

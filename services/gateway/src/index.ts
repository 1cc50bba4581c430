export { gatewayConfig, type GatewayConfig } from './config.ts';
export { ExposedAddressError } from './edge/loopback.ts';
export { createGatewayService, type GatewayOptions, type GatewayService } from './service.ts';
export type { Clients } from './upstream/clients.ts';

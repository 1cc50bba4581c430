export { hostService, type HostedService, type HostOptions } from './host-service.ts';
export { reachableAddress } from './reachable-address.ts';
export {
  addressesVariable,
  addressVariable,
  busVariables,
  databaseVariables,
  hostVariables,
  type HostConfig,
  type ServicePorts,
} from './variables.ts';

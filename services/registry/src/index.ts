export { registryConfig, type RegistryConfig } from './config.ts';
export { createRegistryService, type ProbeOptions, type RegistryOptions } from './service.ts';

export { llmProxyConfig, type LlmProxyConfig } from './config.ts';
export { createLlmProxyService, type LlmProxyOptions, type ProviderOptions } from './service.ts';

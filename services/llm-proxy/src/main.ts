import { hostService } from '@skein/host';
import { llmProxyConfig } from './config.ts';
import { createLlmProxyService } from './service.ts';

await hostService({
  name: 'llm-proxy',
  spec: llmProxyConfig,
  start: (config, logger) =>
    createLlmProxyService({
      databaseUrl: config.database.url.reveal(),
      databasePoolMax: config.database.poolMax,
      timeoutMs: config.timeoutMs,
      retentionMs: config.retentionMs,
      defaultModel: config.defaultModel,
      aliases: config.aliases,
      providers: { builtin: config.builtin, openai: config.openai },
      logger,
    }),
});

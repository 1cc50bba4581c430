import { defineConfig, durationMs, list, optional, secret, string, url, type ConfigIn } from '@skein/config';
import { databaseVariables, hostVariables } from '@skein/host';

const DAY_MS = 86_400_000;

/** Everything the llm-proxy is configured with. */
export const llmProxyConfig = defineConfig({
  ...hostVariables({ prefix: 'LLM_PROXY', port: 7404, adminPort: 7504 }),
  database: databaseVariables({ poolMax: 10 }),
  timeoutMs: durationMs({
    env: 'LLM_TIMEOUT_MS',
    default: 120_000,
    min: 1,
    max: DAY_MS,
    doc: 'Longest wait for a completion where the question does not say.',
  }),
  retentionMs: durationMs({
    env: 'SKEIN_LLM_RETENTION',
    default: 7 * DAY_MS,
    min: 1000,
    doc: 'Age from which stored completions are forgotten; until then the same key is answered with them.',
  }),
  defaultModel: string({
    env: 'SKEIN_LLM_DEFAULT_MODEL',
    default: 'builtin/echo',
    doc: 'Model, or alias of one, that is asked where a question names none.',
  }),
  aliases: list(aliasVariable, {
    env: 'SKEIN_LLM_ALIASES',
    default: [],
    doc: 'Further names of models, as ALIAS=PROVIDER/MODEL.',
  }),
  builtin: {
    chunkDelayMs: durationMs({
      env: 'SKEIN_BUILTIN_LLM_DELAY',
      default: 0,
      max: 60_000,
      doc: 'Time between two words of the built-in models.',
    }),
  },
  openai: {
    baseUrl: url({
      env: 'SKEIN_OPENAI_BASE_URL',
      default: 'https://api.openai.com/v1',
      protocols: ['http', 'https'],
      doc: 'Address of an OpenAI-compatible upstream, with its version.',
    }),
    apiKey: optional(secret({ env: 'SKEIN_OPENAI_API_KEY', doc: 'Key for the upstream. Unset: none is sent.' })),
    models: list(string, {
      env: 'SKEIN_OPENAI_MODELS',
      default: [],
      doc: 'Models of the upstream, offered as openai/MODEL. Unset: the upstream is not used.',
    }),
  },
});

export type LlmProxyConfig = ConfigIn<typeof llmProxyConfig>;

export default llmProxyConfig;

/** `ALIAS=PROVIDER/MODEL`. */
function aliasVariable(options: Parameters<typeof string>[0]) {
  return string({ ...options, pattern: /^[A-Za-z0-9_.:-]+=[^=\s]+\/[^=\s]+$/ });
}

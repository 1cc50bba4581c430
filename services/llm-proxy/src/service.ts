import { LlmService } from '@skein/contracts/llm';
import type { HostedService } from '@skein/host';
import { notReady, READY, type Readiness } from '@skein/lifecycle';
import { checkDurability, createPool, migrate, type Pool } from '@skein/postgres';
import { auditBinding, bind } from '@skein/rpc';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { builtinProvider, type BuiltinOptions } from './adapters/builtin/builtin-provider.ts';
import { openAiProvider, type OpenAiOptions } from './adapters/openai/openai-provider.ts';
import { postgresCompletionStore } from './adapters/postgres/completion-store.ts';
import { llmAudit } from './adapters/postgres/llm-audit.ts';
import { telemetryObserver } from './adapters/telemetry/llm-observer.ts';
import { ClaimKeeper } from './app/claim-keeper.ts';
import { Completions } from './app/completions.ts';
import { ModelCatalogue } from './app/model-catalogue.ts';
import type { ModelProvider } from './app/model-provider.ts';
import { Retention } from './app/retention.ts';
import { typed } from './rpc/answer-errors.ts';
import { llmService } from './rpc/llm-service.ts';

/** Who has models; what is left out is not offered, but the built-in ones always are. */
export interface ProviderOptions {
  readonly builtin?: BuiltinOptions;
  /** Offered where it lists models. */
  readonly openai?: OpenAiOptions;
}

/** What an llm-proxy is made of. */
export interface LlmProxyOptions {
  readonly databaseUrl: string;
  /** Most connections to Postgres; default 10. */
  readonly databasePoolMax?: number;
  readonly logger: Logger;
  readonly providers?: ProviderOptions;
  /** A model, or an alias of one; default `builtin/echo`. */
  readonly defaultModel?: string;
  /** As `ALIAS=PROVIDER/MODEL`; default none. */
  readonly aliases?: readonly string[];
  /** Longest wait where a question does not say; default 120,000. */
  readonly timeoutMs?: number;
  /** Age from which stored completions are forgotten; default 7 days. */
  readonly retentionMs?: number;
  /** Stopped after the proxy, in reverse order. */
  readonly owned?: readonly (AsyncDisposable | Disposable)[];
}

const TIMEOUT_MS = 120_000;
const READY_TIMEOUT_MS = 1000;
/** Completions that one repair forgets at most. */
const MAX_FORGOTTEN = 10_000;
const RETENTION_MS = 7 * 86_400_000;

/**
 * Starts a proxy: brings its schema up to date and opens its providers.
 * @throws PostgresError when the database cannot be used, or would not keep what it acknowledges;
 * ModelNotFoundError when the default model or an alias names a model that there is not.
 */
export async function createLlmProxyService(options: LlmProxyOptions): Promise<HostedService> {
  const { databaseUrl, logger, providers = {} } = options;
  await using cleanup = new AsyncDisposableStack();
  for (const owned of options.owned ?? []) {
    cleanup.defer(() => (Symbol.asyncDispose in owned ? owned[Symbol.asyncDispose]() : owned[Symbol.dispose]()));
  }
  const observer = telemetryObserver(logger);
  const opened = openProviders(providers);
  for (const provider of opened) cleanup.use(provider);
  const catalogue = new ModelCatalogue(opened, aliasesOf(options.aliases ?? []), options.defaultModel);

  const pool = createPool(databaseUrl, {
    max: options.databasePoolMax ?? 10,
    applicationName: 'skein-llm-proxy',
    schema: 'llm',
    onIdleError: (error) => observer.databaseFailed('idle connection', error),
  });
  cleanup.defer(() => pool.end());
  await checkDurability(pool);
  await migrate(pool, { schema: 'llm', directory: `${import.meta.dirname}/adapters/postgres/migrations` });

  const store = postgresCompletionStore(pool);
  const owner = uuidv7();
  const onRenewFailed = (error: unknown) => observer.databaseFailed('renewing claims', error);
  const claims = cleanup.use(new ClaimKeeper({ store, owner, onRenewFailed }));
  const { retentionMs = RETENTION_MS, timeoutMs = TIMEOUT_MS } = options;
  cleanup.use(new Retention({ store, observer, retentionMs }));
  const completions = cleanup.use(new Completions({ catalogue, observer, store, claims, owner, timeoutMs }));

  const audit = llmAudit(pool, retentionMs, () => store.forget(retentionMs, MAX_FORGOTTEN));
  const onDefect = (rpc: string, error: unknown) => observer.defect(rpc, error);
  const stopping = cleanup.move();
  return {
    name: 'llm-proxy',
    bindings: [
      bind(LlmService, llmService({ completions, catalogue, onDefect })),
      auditBinding('llm-proxy', audit, (error) => typed(error, 'DoctorService/Audit', onDefect)),
    ],
    ready: () => readiness(pool),
    [Symbol.asyncDispose]: () => stopping[Symbol.asyncDispose](),
  };
}

/** Questions with a key need the database. */
async function readiness(pool: Pool): Promise<Readiness> {
  const late = Promise.withResolvers<Readiness>();
  const timer = setTimeout(() => late.resolve(notReady('the database does not answer in time')), READY_TIMEOUT_MS);
  const asked = pool.query('select 1').then(
    () => READY,
    (error: unknown) => notReady(`the database fails: ${error instanceof Error ? error.message : String(error)}`),
  );
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function openProviders({ builtin, openai }: ProviderOptions): ModelProvider[] {
  const upstream = openai === undefined || openai.models.length === 0 ? [] : [openAiProvider(openai)];
  return [builtinProvider(builtin), ...upstream];
}

function aliasesOf(aliases: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(aliases.map((alias) => alias.split('=', 2) as [string, string]));
}

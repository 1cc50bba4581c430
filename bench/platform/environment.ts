import { join, resolve } from 'node:path';

/** The repository. */
export const ROOT = resolve(import.meta.dirname, '../..');

const PERSONAL =
  /^(?:SKEIN_|OTEL_|PG[A-Z]|NODE_OPTIONS$|NODE_TEST_CONTEXT$|(?:HTTP_PORT|DATABASE_URL|INGRESS_URL|AGENT_TIMEOUT_MS|LLM_TIMEOUT_MS|LOG_LEVEL)$)/;

/** Our environment without settings of the platform: it is measured as it is shipped. */
export function shippedEnvironment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !PERSONAL.test(name));
  // The launchers of bin/ say the same.
  const compileCache = join(ROOT, '.toolchain/cache/compile');
  return { NODE_COMPILE_CACHE: compileCache, ...Object.fromEntries(kept), ...more };
}

/**
 * Asks this container's own admin port: `node probe.ts PORT PATH`. Ends with 0 when the answer is 2xx, else with 1 and
 * what is wrong on stderr. Images have no curl.
 */
const [port = '', path = '/healthz'] = process.argv.slice(2);

try {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2000) });
  if (!response.ok) {
    console.error(`${path} answers ${response.status}: ${await response.text()}`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

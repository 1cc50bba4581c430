/** The reference table of every environment variable, from the specs the services load. */
import { glob, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One row; the fields are those of `DocumentedVariable` of libs/config, and who reads the variable. */
export interface ReferenceRow {
  readonly env: string;
  readonly kind: string;
  readonly defaultValue: string | undefined;
  readonly doc: string;
  readonly readers: readonly string[];
}

interface Spec {
  variables(): readonly Omit<ReferenceRow, 'readers'>[];
}

const OUTPUT = 'docs/configuration.md';
const SPECS = ['services/*/src/config.ts', 'cli/src/config.ts'];

/** Names that others gave; everything else is ours and says so. */
const INHERITED = new Set([
  'HTTP_PORT',
  'DATABASE_URL',
  'INGRESS_URL',
  'AGENT_TIMEOUT_MS',
  'LOG_LEVEL',
  'LLM_TIMEOUT_MS',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
]);

/** Writes the table to its place. */
export async function writeConfigReference(root: string): Promise<void> {
  await writeFile(join(root, OUTPUT), render(await readRows(root)));
}

/** The table's path when it does not say what the specs say. */
export async function staleConfigReference(root: string): Promise<string[]> {
  const present = await readFile(join(root, OUTPUT), 'utf8').catch(() => undefined);
  return present === render(await readRows(root)) ? [] : [OUTPUT];
}

async function readRows(root: string): Promise<ReferenceRow[]> {
  const paths = (await Array.fromAsync(glob(SPECS, { cwd: root }))).toSorted();
  const perReader = await Promise.all(
    paths.map(async (path) => {
      const spec = specOf(path, (await import(pathToFileURL(join(root, path)).href)) as object);
      const reader = basename(dirname(dirname(path)));
      return spec.variables().map((row) => ({ ...row, readers: [reader] }));
    }),
  );
  return mergeRows(perReader.flat());
}

/** The one export of a configuration file that is a spec, by whatever name. */
function specOf(path: string, module: object): Spec {
  const isSpec = (value: unknown): value is Spec =>
    typeof value === 'object' && value !== null && 'variables' in value && 'load' in value;
  const [spec, ...others] = [...new Set(Object.values(module).filter(isSpec))];
  if (!spec || others.length > 0) throw new Error(`${path} must export the result of one defineConfig`);
  return spec;
}

/** One row for each variable that means the same to all its readers. Throws for names that are not ours to use. */
export function mergeRows(rows: readonly ReferenceRow[]): ReferenceRow[] {
  const merged = new Map<string, ReferenceRow>();
  for (const row of rows) {
    if (!row.env.startsWith('SKEIN_') && !INHERITED.has(row.env)) {
      throw new Error(`${row.env} (${row.readers.join()}) must begin with SKEIN_`);
    }
    const key = [row.env, row.kind, row.defaultValue, row.doc].join('\n');
    const readers = [...(merged.get(key)?.readers ?? []), ...row.readers];
    merged.set(key, { ...row, readers });
  }
  return [...merged.values()].toSorted((a, b) => a.env.localeCompare(b.env, 'en') || a.doc.localeCompare(b.doc, 'en'));
}

/** The whole page. */
export function render(rows: readonly ReferenceRow[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const code = (text: string): string => (text === '' ? 'empty' : `\`${cell(text)}\``);
  const lines = rows.map(({ env, kind, defaultValue, doc, readers }) => {
    const shown = defaultValue === undefined ? '**required**' : defaultValue === 'unset' ? 'unset' : code(defaultValue);
    return `| \`${env}\` | ${cell(kind)} | ${shown} | ${cell(doc)} | ${readers.join(', ')} |`;
  });
  return [
    '# Configuration',
    '',
    'Every setting is an environment variable; an empty one counts as unset. A process that finds a wrong value names',
    'every wrong one, says how to mend it and ends with exit code 78. Durations are milliseconds, or a number with a',
    'unit: `250ms`, `5s`, `2m`, `1h`, `1d`.',
    '',
    'This table is made from the code by `npm run generate`.',
    '',
    '| variable | kind | default | meaning | read by |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

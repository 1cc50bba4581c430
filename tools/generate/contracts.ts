/** TypeScript from the .proto files, by buf with the local plugin: no registry is asked. */
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';

const OUTPUT = 'libs/contracts/src/gen';

async function generate(root: string, into: string): Promise<void> {
  const { ok, output } = await runCommand([join(root, 'node_modules/.bin/buf'), 'generate', '--output', into], {
    cwd: root,
  });
  if (!ok) throw new Error(`buf generate failed:\n${output}`);
}

/** Writes the generated code to its place. */
export function writeContracts(root: string): Promise<void> {
  return generate(root, root);
}

/** Paths, from the root, of generated files that are missing, stale or without a source. */
export async function staleContracts(root: string): Promise<string[]> {
  const fresh = await mkdtemp(join(tmpdir(), 'skein-generate-'));
  try {
    await generate(root, fresh);
    const [expected, present] = await Promise.all([readTree(join(fresh, OUTPUT)), readTree(join(root, OUTPUT))]);
    const paths = [...new Set([...expected.keys(), ...present.keys()])].toSorted();
    return paths.filter((path) => expected.get(path) !== present.get(path)).map((path) => join(OUTPUT, path));
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function readTree(directory: string): Promise<Map<string, string>> {
  const paths = await Array.fromAsync(glob('**/*.*', { cwd: directory }));
  const files = await Promise.all(
    paths.map(async (path) => [path, await readFile(join(directory, path), 'utf8')] as const),
  );
  return new Map(files);
}

/** TypeScript from the .proto files, by buf with the local plugin: no registry is asked. */
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';

/** Where generated code goes, and the template that says what it is made of. */
const OUTPUTS = [
  { output: 'libs/contracts/src/gen', template: 'buf.gen.yaml' },
  { output: 'sdks/typescript/src/gen', template: 'sdks/typescript/buf.gen.yaml' },
] as const;

async function generate(root: string, into: string): Promise<void> {
  for (const { template } of OUTPUTS) {
    const command = [
      join(root, 'node_modules/.bin/buf'),
      'generate',
      '--template',
      template,
      '--output',
      into,
    ] as const;
    const { ok, output } = await runCommand(command, { cwd: root });
    if (!ok) throw new Error(`buf generate failed:\n${output}`);
  }
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
    return (await Promise.all(OUTPUTS.map(({ output }) => differences(output, fresh, root)))).flat();
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function differences(output: string, fresh: string, root: string): Promise<string[]> {
  const [expected, present] = await Promise.all([readTree(join(fresh, output)), readTree(join(root, output))]);
  const paths = [...new Set([...expected.keys(), ...present.keys()])].toSorted();
  return paths.filter((path) => expected.get(path) !== present.get(path)).map((path) => join(output, path));
}

async function readTree(directory: string): Promise<Map<string, string>> {
  const paths = await Array.fromAsync(glob('**/*.*', { cwd: directory }));
  const files = await Promise.all(
    paths.map(async (path) => [path, await readFile(join(directory, path), 'utf8')] as const),
  );
  return new Map(files);
}

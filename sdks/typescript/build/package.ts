/**
 * A package as it is published, the SDK or the kernel: JavaScript with types, because Node runs no TypeScript below
 * node_modules.
 *
 * Owns what goes in: sources without tests, and a manifest whose exports name the compiled files. A package that needs
 * another one of ours is compiled against that one as it is published, not against its sources.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Compiles the package in `source` into `directory`, which `npm pack` or `npm publish` can then be pointed at. Throws with what the compiler says. */
export async function buildPackage(source: string, directory: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as Manifest;
  const needed = await mkdtemp(join(tmpdir(), 'skein-build-'));
  try {
    await compile(source, directory, await buildNeeded(manifest, needed));
  } finally {
    await rm(needed, { recursive: true });
  }
  await writeFile(join(directory, 'package.json'), `${JSON.stringify(published(manifest), null, 2)}\n`);
  await copyFile(join(source, 'README.md'), join(directory, 'README.md'));
  await copyFile(join(ROOT, 'LICENSE'), join(directory, 'LICENSE'));
}

/** The types of the packages of ours that a package needs, by name. */
async function buildNeeded({ dependencies = {} }: Manifest, directory: string): Promise<Record<string, string[]>> {
  const paths: Record<string, string[]> = {};
  for (const name of Object.keys(dependencies).filter((each) => each.startsWith('@skein/'))) {
    const built = join(directory, name);
    await buildPackage(await realpath(join(ROOT, 'node_modules', name)), built);
    paths[name] = [join(built, 'dist/index.d.ts')];
  }
  return paths;
}

async function compile(source: string, directory: string, paths: Record<string, string[]>): Promise<void> {
  await mkdir(directory, { recursive: true });
  const config = join(directory, 'tsconfig.build.json');
  await writeFile(config, JSON.stringify(compilerConfig(source, directory, paths)));
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  const compiling = spawn(process.execPath, [compiler, '-p', config], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  compiling.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(compiling, 'close')) as [number | null];
  await rm(config);
  if (code !== 0) throw new Error(`${source} does not compile:\n${said}`);
}

function compilerConfig(source: string, directory: string, paths: Record<string, string[]>) {
  return {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      incremental: false,
      tsBuildInfoFile: null,
      rewriteRelativeImportExtensions: true,
      declaration: true,
      rootDir: join(source, 'src'),
      outDir: join(directory, 'dist'),
      typeRoots: [join(ROOT, 'node_modules/@types')],
      paths,
    },
    include: [join(source, 'src')],
    exclude: [join(source, 'src/**/*.test.ts'), join(source, 'src/**/*-fixture.ts'), join(source, 'src/testing')],
  };
}

/** Exports name the compiled files; what only this repository needs is left out. */
function published({ scripts: _scripts, devDependencies: _devDependencies, ...manifest }: Manifest): object {
  const exports = Object.entries(manifest.exports).map(([name, source]) => {
    const path = source.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1');
    return [name, { types: `${path}.d.ts`, default: `${path}.js` }];
  });
  return { ...manifest, exports: Object.fromEntries(exports) as object, files: ['dist', 'README.md', 'LICENSE'] };
}

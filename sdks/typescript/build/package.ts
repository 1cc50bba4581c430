/**
 * The package as it is published: JavaScript with types, because Node runs no TypeScript below node_modules.
 *
 * Owns what goes in: sources without tests, and a manifest whose exports name the compiled files.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const PACKAGE = resolve(import.meta.dirname, '..');
const ROOT = resolve(PACKAGE, '../..');

interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Compiles into `directory`, which `npm pack` or `npm publish` can then be pointed at. Throws with what the compiler says. */
export async function buildPackage(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const config = join(directory, 'tsconfig.build.json');
  await writeFile(config, JSON.stringify(compilerConfig(directory)));
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  const compiling = spawn(process.execPath, [compiler, '-p', config], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  compiling.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(compiling, 'close')) as [number | null];
  await rm(config);
  if (code !== 0) throw new Error(`the SDK does not compile:\n${said}`);
  const manifest = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as Manifest;
  await writeFile(join(directory, 'package.json'), `${JSON.stringify(published(manifest), null, 2)}\n`);
  for (const file of ['README.md']) await copyFile(join(PACKAGE, file), join(directory, file));
  await copyFile(join(ROOT, 'LICENSE'), join(directory, 'LICENSE'));
}

function compilerConfig(directory: string) {
  return {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      incremental: false,
      tsBuildInfoFile: null,
      rewriteRelativeImportExtensions: true,
      declaration: true,
      rootDir: join(PACKAGE, 'src'),
      outDir: join(directory, 'dist'),
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    include: [join(PACKAGE, 'src')],
    exclude: [join(PACKAGE, 'src/**/*.test.ts'), join(PACKAGE, 'src/testing')],
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

import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importsOf } from './specifiers.ts';
import type { ImportLine } from './specifiers.ts';

/** A workspace of the repository and what its package.json lets it import. */
export interface Workspace {
  /** Directory from the root, such as "services/scheduler". */
  readonly directory: string;
  readonly name: string;
  readonly dependencies: ReadonlySet<string>;
  /** Dependencies and those for development. */
  readonly allDependencies: ReadonlySet<string>;
}

export interface SourceFile {
  /** Path from the root. */
  readonly path: string;
  /** Path inside the workspace's `src`, or inside the workspace for files beside it. */
  readonly inside: string;
  /** A test, or something that only tests use: in a folder named `testing`, or a file named `test-…`. */
  readonly isTest: boolean;
  readonly source: string;
  readonly imports: readonly ImportLine[];
  /** Undefined for tools and end-to-end tests, which belong to the root package. */
  readonly workspace: Workspace | undefined;
}

interface PackageJson {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const TEST_FILE = /\.test\.ts$|\/testing\/|\/test-[^/]*\.ts$/;
const ROOT_SOURCES = ['tools/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'];

async function readPackage(path: string): Promise<PackageJson> {
  return JSON.parse(await readFile(path, 'utf8')) as PackageJson;
}

/** Every TypeScript file written by hand, with its imports and its workspace. */
export async function readSourceFiles(root: string): Promise<SourceFile[]> {
  const { workspaces = [], devDependencies = {} } = await readPackage(join(root, 'package.json'));
  const manifests = await Array.fromAsync(
    glob(
      workspaces.map((pattern) => `${pattern}/package.json`),
      { cwd: root },
    ),
  );
  const perWorkspace = manifests.toSorted().map(async (manifest) => {
    const { name, dependencies = {}, devDependencies: own = {} } = await readPackage(join(root, manifest));
    const direct = new Set(Object.keys(dependencies));
    const all = new Set([...direct, ...Object.keys(own), ...Object.keys(devDependencies)]);
    const directory = manifest.slice(0, -'/package.json'.length);
    return readFiles(root, [`${directory}/**/*.ts`], { directory, name, dependencies: direct, allDependencies: all });
  });
  return (await Promise.all([...perWorkspace, readFiles(root, ROOT_SOURCES, undefined)])).flat();
}

async function readFiles(root: string, patterns: string[], workspace: Workspace | undefined): Promise<SourceFile[]> {
  const exclude = ['**/node_modules/**', '**/dist/**', 'libs/contracts/src/gen/**', 'sdks/typescript/src/gen/**'];
  const paths = await Array.fromAsync(glob(patterns, { cwd: root, exclude }));
  return Promise.all(
    paths.toSorted().map(async (path): Promise<SourceFile> => {
      const source = await readFile(join(root, path), 'utf8');
      const inside = path.slice(workspace ? workspace.directory.length + 1 : 0).replace(/^src\//, '');
      return { path, inside, isTest: TEST_FILE.test(path), source, imports: importsOf(source), workspace };
    }),
  );
}

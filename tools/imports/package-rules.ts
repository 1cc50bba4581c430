/** Which package may use which. The table of library edges is the decision; a new edge is added here, with thought. */
import { isBuiltin } from 'node:module';
import type { SourceFile } from './source-files.ts';

/** A broken rule at one import. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly problem: string;
}

/** Edges between libraries, and to the test kit for tests. Everything not named here is forbidden. */
const LIBRARY_EDGES: Readonly<Record<string, readonly string[]>> = {
  '@skein/conformance': ['@skein/a2a', '@skein/contracts', '@skein/domain', '@skein/rpc', '@skein/sdk'],
  '@skein/events': ['@skein/contracts', '@skein/domain'],
  '@skein/host': ['@skein/config', '@skein/lifecycle', '@skein/rpc', '@skein/telemetry'],
  '@skein/packages': ['@skein/contracts', '@skein/domain', '@skein/events'],
  '@skein/rpc': ['@skein/contracts'],
  '@skein/testkit': ['@skein/postgres'],
};

/** Only this service may put others together, and only the command line, and tests of the SDK, may start it. */
const COMPOSER = '@skein/embedded';

/** Published: what it needs of the contracts it generates for itself. */
const SDK = '@skein/sdk';

/** Published too, with the SDK: the kernel, for runs in the user's own process. It imports no other package of ours. */
const KERNEL = '@skein/domain';

/** The one part of the SDK that uses the kernel (docs/adr/0037): agents that run nothing load nothing of it. */
const RUNS_LOCALLY = 'sdks/typescript/src/local/';

/** All violations of one file against the rules between packages. `services` are the names of the service packages. */
export function checkPackages(file: SourceFile, services: ReadonlySet<string>): Violation[] {
  return file.imports.flatMap(({ specifier, line }) => {
    const problem = judge(file, specifier, services);
    return problem === undefined ? [] : [{ path: file.path, line, problem }];
  });
}

function judge(file: SourceFile, specifier: string, services: ReadonlySet<string>): string | undefined {
  if (specifier.startsWith('.')) return judgeRelative(file, specifier);
  if (specifier.startsWith('node:')) return undefined;
  if (isBuiltin(specifier)) return `write node:${specifier}`;
  const target = packageOf(specifier);
  const { workspace } = file;
  if (!workspace || target === workspace.name) return undefined;
  const declared = file.isTest ? workspace.allDependencies : workspace.dependencies;
  if (!declared.has(target)) {
    return `${target} is not among the dependencies${file.isTest ? '' : ' (for running)'} of ${workspace.name}`;
  }
  if (!target.startsWith('@skein/')) return undefined;
  return judgeEdge(file, workspace.name, target, services);
}

function judgeEdge(file: SourceFile, from: string, target: string, services: ReadonlySet<string>): string | undefined {
  if (target === '@skein/testkit') return file.isTest ? undefined : 'the test kit is for tests';
  if (services.has(target)) {
    const mayStart = from === '@skein/cli' || (from === SDK && file.isTest);
    const allowed = from === COMPOSER || (target === COMPOSER && mayStart);
    return allowed ? undefined : `${from} must not import the service ${target}: talk through its contract`;
  }
  if (from === SDK && !file.isTest) return judgePublished(file, target);
  const isLibrary = file.path.startsWith('libs/');
  if (!isLibrary || LIBRARY_EDGES[from]?.includes(target)) return undefined;
  return `${from} must not import ${target}: libraries do not go sideways (tools/imports/package-rules.ts has the exceptions)`;
}

function judgePublished(file: SourceFile, target: string): string | undefined {
  if (target !== KERNEL) return `${SDK} is published: it must not import ${target}, which is not`;
  return file.path.startsWith(RUNS_LOCALLY) ? undefined : `only ${RUNS_LOCALLY} imports ${target}`;
}

function judgeRelative(file: SourceFile, specifier: string): string | undefined {
  if (!/\.(?:ts|json)$/.test(specifier)) return `relative imports end in .ts: ${specifier}`;
  const base = file.workspace?.directory;
  if (base === undefined) return undefined;
  const resolved = new URL(specifier, `file:///${file.path}`).pathname.slice(1);
  return resolved.startsWith(`${base}/`) ? undefined : `${specifier} leaves the package: import it by its name`;
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

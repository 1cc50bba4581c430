/** The parts of a test run, in order. */
export interface Step {
  /** Heading, in words. */
  readonly title: string;
  readonly command: readonly [string, ...string[]];
  /** A check counts as one test and shows its output when it fails; a suite shows it all and counts for itself. */
  readonly kind: 'check' | 'suite';
}

const node = process.execPath;
const bin = (name: string): string => `node_modules/.bin/${name}`;

/** What needs no running part of the system. */
export const CHECKS: readonly Step[] = [
  { kind: 'check', title: 'format', command: [bin('oxfmt'), '--check', '.'] },
  { kind: 'check', title: 'lint', command: [bin('oxlint')] },
  { kind: 'check', title: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'] },
  { kind: 'check', title: 'import rules', command: [node, 'tools/imports/check.ts'] },
  { kind: 'check', title: 'contracts: lint', command: [bin('buf'), 'lint'] },
  { kind: 'check', title: 'contracts: nothing breaks', command: [node, 'tools/proto/breaking.ts'] },
  { kind: 'check', title: 'generated files are up to date', command: [node, 'tools/generate/main.ts', '--check'] },
];

/** `endToEnd` are the files of the suites that run the whole system; they share the machine, so two at a time. */
export function suites(endToEnd: readonly string[]): Step[] {
  const packages: Step = {
    kind: 'suite',
    title: 'packages',
    command: [bin('nx'), 'run-many', '-t', 'test', '--parallel=2', '--output-style=stream'],
  };
  const tools: Step = {
    kind: 'suite',
    title: 'tools and examples',
    command: [node, '--test', 'tools/**/*.test.ts', 'examples/*/*.test.ts'],
  };
  if (endToEnd.length === 0) return [tools, packages];
  const command = [node, '--test', '--test-concurrency=2', ...endToEnd] as const;
  return [tools, packages, { kind: 'suite', title: 'end to end', command }];
}

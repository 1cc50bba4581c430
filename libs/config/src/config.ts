/**
 * Environment → checked, frozen, nested configuration. A spec says what exists; `load` reads it in one go and reports
 * every problem at once, so that a user mends a configuration in one round.
 */
import { ConfigError } from './config-error.ts';
import type { ConfigProblem } from './config-error.ts';
import { ValueProblem } from './variable.ts';
import type { Variable } from './variable.ts';

/** A tree of variables. Groups nest; the leaves are variables. */
export interface ConfigTree {
  readonly [field: string]: Variable<unknown> | ConfigTree;
}

/** The typed result of a tree. */
export type ConfigOf<Tree> = {
  readonly [Field in keyof Tree]: Tree[Field] extends Variable<infer T> ? T : ConfigOf<Tree[Field]>;
};

/** Where values come from: usually `process.env`, in tests a plain object. Unset and empty mean the same. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One line of the reference table. */
export interface DocumentedVariable {
  readonly env: string;
  readonly kind: string;
  /** The default as a user would write it; `undefined` means required. */
  readonly defaultValue: string | undefined;
  readonly doc: string;
}

export interface ConfigSpec<Config> {
  /** Reads the environment. Throws a {@link ConfigError} that lists every problem. */
  load(env: Environment): Config;
  /** Every variable of the spec, for the reference table. */
  variables(): readonly DocumentedVariable[];
}

/** The configuration type of a spec: `type SchedulerConfig = ConfigIn<typeof schedulerConfig>`. */
export type ConfigIn<Spec> = Spec extends ConfigSpec<infer Config> ? Config : never;

export function defineConfig<const Tree extends ConfigTree>(tree: Tree): ConfigSpec<ConfigOf<Tree>> {
  return {
    load(env) {
      const problems: ConfigProblem[] = [];
      const config = readTree(tree, env, problems);
      if (problems.length > 0) throw new ConfigError(problems);
      return config as ConfigOf<Tree>;
    },
    variables: () => leavesOf(tree).map(document),
  };
}

function isVariable(node: Variable<unknown> | ConfigTree): node is Variable<unknown> {
  return node['tag'] === 'variable';
}

function readTree(tree: ConfigTree, env: Environment, problems: ConfigProblem[]): object {
  const entries = Object.entries(tree).map(([field, node]) => [
    field,
    isVariable(node) ? readVariable(node, env, problems) : readTree(node, env, problems),
  ]);
  return Object.freeze(Object.fromEntries(entries));
}

function readVariable(leaf: Variable<unknown>, env: Environment, problems: ConfigProblem[]): unknown {
  const text = env[leaf.env]?.trim() ?? '';
  if (text === '') {
    if (leaf.absent.is === 'default') return leaf.absent.value;
    problems.push({ env: leaf.env, problem: 'is not set', mend: `set it: ${leaf.doc}` });
    return undefined;
  }
  try {
    return leaf.parse(text);
  } catch (error) {
    if (!(error instanceof ValueProblem)) throw error;
    const shown = leaf.secret ? {} : { value: text };
    problems.push({ env: leaf.env, ...shown, problem: error.message, mend: error.mend });
    return undefined;
  }
}

function leavesOf(tree: ConfigTree): Variable<unknown>[] {
  return Object.values(tree).flatMap((node) => (isVariable(node) ? [node] : leavesOf(node)));
}

function document(leaf: Variable<unknown>): DocumentedVariable {
  const shown = leaf.secret ? '(hidden)' : leaf.absent.is === 'default' ? leaf.absent.shown : undefined;
  const defaultValue = leaf.absent.is === 'default' ? shown : undefined;
  return { env: leaf.env, kind: leaf.kind, defaultValue, doc: leaf.doc };
}

/** A value that did not parse: what is wrong with it and how to write it right. Raised by kinds, collected by `load`. */
export class ValueProblem extends Error {
  readonly mend: string;

  constructor(problem: string, mend: string) {
    super(problem);
    this.name = 'ValueProblem';
    this.mend = mend;
  }
}

/** One environment variable: its name, its kind and what it means. Made by the functions of `kinds.ts`. */
export interface Variable<T> {
  readonly tag: 'variable';
  /** Name of the environment variable. */
  readonly env: string;
  /** One line for the reference table: meaning, unit, bounds. */
  readonly doc: string;
  /** The kind as a reader of the reference table knows it: "port", "duration". */
  readonly kind: string;
  /** True for values that are never printed. */
  readonly secret: boolean;
  /** What an unset variable means: a value, nothing, or an error. */
  readonly absent: { readonly is: 'default'; readonly value: T; readonly shown: string } | { readonly is: 'required' };
  /** Text (never empty, trimmed) to value; throws {@link ValueProblem}. */
  parse(text: string): T;
}

/** What every kind takes. Without `default` the variable is required. */
export interface VariableOptions<T> {
  readonly env: string;
  readonly doc: string;
  readonly default?: T;
}

/** Builds a variable of a new kind; the kinds of this package are made with it too. */
export function variable<T>(
  kind: string,
  options: VariableOptions<T>,
  parse: (text: string) => T,
  show: (value: T) => string = String,
): Variable<T> {
  const { env, doc } = options;
  const absent: Variable<T>['absent'] =
    options.default === undefined
      ? { is: 'required' }
      : { is: 'default', value: options.default, shown: show(options.default) };
  return { tag: 'variable', env, doc, kind, secret: false, absent, parse };
}

/** Makes a variable optional: unset means `undefined`. Only for variables without a default. */
export function optional<T>(required: Variable<T>): Variable<T | undefined> {
  return { ...required, absent: { is: 'default', value: undefined, shown: 'unset' } };
}

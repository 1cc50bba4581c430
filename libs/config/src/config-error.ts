/** One variable that is wrong, and how to mend it. `value` is left out for secrets and for unset variables. */
export interface ConfigProblem {
  readonly env: string;
  readonly value?: string;
  readonly problem: string;
  readonly mend: string;
}

/** The environment does not hold a valid configuration; `problems` has every one, the message lists them by line. */
export class ConfigError extends Error {
  readonly reason = 'CONFIG_INVALID';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ env, value, problem, mend }) => {
      const subject = value === undefined ? env : `${env}=${JSON.stringify(value)}`;
      return `  ${subject} ${problem}; ${mend}`;
    });
    super(`${problems.length} problem${problems.length === 1 ? '' : 's'} in the configuration:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

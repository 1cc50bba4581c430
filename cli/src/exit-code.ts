/** How a command ended, for scripts. Stable: a code never changes its meaning. `skein help exit-codes` prints this. */
export const EXIT = Object.freeze({
  ok: 0,
  unsuccessful: 1,
  usage: 2,
  notFound: 3,
  invalid: 4,
  unreachable: 5,
  timedOut: 6,
  refused: 7,
  internal: 70,
  interrupted: 130,
  terminated: 143,
});

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each code means, in the order of the codes. */
export const EXIT_MEANINGS: readonly { readonly code: ExitCode; readonly meaning: string }[] = [
  { code: EXIT.ok, meaning: 'Done: the command did what it was asked, and a run it waited for ended in state DONE.' },
  {
    code: EXIT.unsuccessful,
    meaning:
      'The run failed or was cancelled, a trigger started none; `doctor`, `replay` or `conformance` found something wrong; a broadcast did not reach all.',
  },
  { code: EXIT.usage, meaning: 'The command line is wrong: an unknown command or option, a missing argument.' },
  { code: EXIT.notFound, meaning: 'There is no such workflow, run, schedule, agent, model or file.' },
  { code: EXIT.invalid, meaning: 'A definition, an input or an option value is not valid; every problem is listed.' },
  { code: EXIT.unreachable, meaning: 'The platform cannot be reached, or it could not be started.' },
  {
    code: EXIT.timedOut,
    meaning:
      'It took longer than --timeout or --wait allows. A run that was started goes on, a message that was sent stays.',
  },
  {
    code: EXIT.refused,
    meaning: 'Not possible as things stand: the run has ended, the id is taken, the platform is busy.',
  },
  { code: EXIT.internal, meaning: 'A defect of Skein. Please report it with the message.' },
  { code: EXIT.interrupted, meaning: 'Interrupted with Ctrl-C. A run that was started goes on.' },
  { code: EXIT.terminated, meaning: 'Ended by SIGTERM.' },
];

/** What a command needs of the process it runs in. The process is in main.ts alone; tests hand in their own. */

/** Environment variables; unset and empty mean the same. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where text goes. */
export interface Sink {
  write(text: string): unknown;
  /** Whether a person reads along on a terminal. */
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
}

export interface Host {
  readonly env: Environment;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Everything on standard input, as text. */
  readStdin(): Promise<string>;
  /** Fires at the first Ctrl-C, SIGTERM or closed terminal; its reason is `SIGINT` or `SIGTERM`. */
  readonly interrupted: AbortSignal;
  /** Absolute path of the installation: where `bin/`, `services/` and `examples/` are. */
  readonly root: string;
  /** Program that runs services and agents: a Node that is recent enough. */
  readonly node: string;
}

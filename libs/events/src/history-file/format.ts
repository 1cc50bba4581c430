/**
 * A run in a file, JSON lines: all that a replay or an import needs.
 *
 *   1   the header
 *   2   the definition, in the native form
 *   3…  one event a line, in order: run events as the proto3 JSON of skein.event.v1.RunEvent and, where the header
 *       says so, task events as that of skein.event.v1.TaskEvent, told apart by their `taskSeq`
 *
 * docs/replay.md describes it for people.
 */

/** Raised with every change that readers of the version before cannot understand. */
export const HISTORY_FILE_VERSION = 1;

/** The first line. */
export interface HistoryHeader {
  readonly skein_history: typeof HISTORY_FILE_VERSION;
  readonly namespace: string;
  readonly run_id: string;
  readonly workflow_id: string;
  /** 0: a run of one agent or model, without a stored workflow. */
  readonly workflow_version: number;
  /** Of the second line: `sha256:` and 64 hexadecimal digits. */
  readonly definition_digest: string;
  /** Whether task events are in it. */
  readonly task_events: boolean;
}

/** A file that is no history, or not one that this version understands. */
export class HistoryFileError extends Error {
  override readonly name = 'HistoryFileError';
  /** From 1. */
  readonly line: number;
  /** What would mend it. */
  readonly remedy: string;

  constructor(line: number, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.line = line;
    this.remedy = remedy;
  }
}

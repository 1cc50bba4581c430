/** A run, as everything here addresses it: never without its namespace. */
export interface RunKey {
  readonly namespace: string;
  /** A UUID in lower case. */
  readonly runId: string;
}

/** A run as a key of maps. Run ids hold no space. */
export function runKeyText({ namespace, runId }: RunKey): string {
  return `${runId} ${namespace}`;
}

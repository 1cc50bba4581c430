const SUFFIX = '~compensate';

/** The id of what undoes a node. No node of a definition can have it. */
export function compensationId(nodeId: string): string {
  return `${nodeId}${SUFFIX}`;
}

/** The node that something undoes; undefined for the id of an ordinary node. */
export function compensatedId(nodeId: string): string | undefined {
  return nodeId.endsWith(SUFFIX) ? nodeId.slice(0, -SUFFIX.length) : undefined;
}

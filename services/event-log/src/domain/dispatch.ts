/** One delivery of one attempt of one node of a run. */
export interface DispatchRef {
  readonly nodeId: string;
  /** From 1. */
  readonly attempt: number;
  /** From 1, in each attempt. */
  readonly dispatch: number;
}

/** Negative: `a` is the older delivery of its node. Zero: they are the same. Of two nodes it says nothing. */
export function compareAge(a: Omit<DispatchRef, 'nodeId'>, b: Omit<DispatchRef, 'nodeId'>): number {
  return a.attempt - b.attempt || a.dispatch - b.dispatch;
}

/** Whether both are the same delivery. */
export function isSameDispatch(a: DispatchRef, b: DispatchRef): boolean {
  return a.nodeId === b.nodeId && compareAge(a, b) === 0;
}

/** A dispatch as a key of maps. */
export function dispatchKey({ nodeId, attempt, dispatch }: DispatchRef): string {
  return `${attempt}/${dispatch}/${nodeId}`;
}

import { MAX_PROBLEMS, type Problem, type ProblemCode, type Severity } from './problem.ts';

/** A path into the native document: keys and positions, such as `['nodes', 2, 'input']`. */
export type DocumentPath = readonly (string | number)[];

/** A place in a source text, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Finds where a part of the native document stands in the source, or the nearest part around it. */
export type Locate = (path: DocumentPath) => Place | undefined;

/** A problem as it is found. */
export interface Finding {
  readonly at: DocumentPath;
  readonly code: ProblemCode;
  readonly message: string;
  readonly mend?: string | undefined;
  /** Default `error`. */
  readonly severity?: Severity;
}

/**
 * Gathers the problems of one definition. Owns their number (at most MAX_PROBLEMS; errors win over warnings)
 * and how places are named: nodes by id, edges by position.
 */
export class ProblemList {
  readonly #nodeIds: readonly unknown[];
  readonly #locate: Locate;
  #moved: (path: DocumentPath) => DocumentPath = (path) => path;
  #errors: Problem[] = [];
  #warnings: Problem[] = [];

  /** @param nodeIds what stands in the `id` of each node, in document order, valid or not */
  constructor(nodeIds: readonly unknown[], locate: Locate = () => undefined) {
    this.#nodeIds = nodeIds;
    this.#locate = locate;
  }

  add(finding: Finding): void {
    const severity = finding.severity ?? 'error';
    const list = severity === 'error' ? this.#errors : this.#warnings;
    if (list.length >= MAX_PROBLEMS) return;
    list.push(this.#problem({ ...finding, at: this.#moved(finding.at) }, severity));
  }

  /** The same list for findings in a part of the document: `moved` says where a place of the part is in the whole. */
  seenFrom(moved: (path: DocumentPath) => DocumentPath): ProblemList {
    const view = new ProblemList(this.#nodeIds, this.#locate);
    const outer = this.#moved;
    view.#moved = (path) => outer(moved(path));
    view.#errors = this.#errors;
    view.#warnings = this.#warnings;
    return view;
  }

  get hasErrors(): boolean {
    return this.#errors.length > 0;
  }

  /** Errors first, each kind in the order found. */
  all(): readonly Problem[] {
    return [...this.#errors, ...this.#warnings].slice(0, MAX_PROBLEMS);
  }

  #problem(finding: Finding, severity: Severity): Problem {
    const [section, index] = finding.at;
    const nodeId = section === 'nodes' && typeof index === 'number' ? this.#nodeIds[index] : undefined;
    return {
      path: this.#display(finding.at),
      ...(typeof nodeId === 'string' ? { nodeId } : {}),
      ...(section === 'edges' && typeof index === 'number' ? { edgeIndex: index } : {}),
      ...this.#locate(finding.at),
      severity,
      code: finding.code,
      message: finding.message,
      ...(finding.mend === undefined || finding.mend === '' ? {} : { mend: finding.mend }),
    };
  }

  #display(at: DocumentPath): string {
    let path = '';
    for (const [i, part] of at.entries()) {
      const nodeId = i === 1 && at[0] === 'nodes' && typeof part === 'number' ? this.#nodeIds[part] : undefined;
      if (typeof nodeId === 'string' && nodeId !== '') path += `.${nodeId}`;
      else if (typeof part === 'number') path += `[${part}]`;
      else path += path === '' ? part : `.${part}`;
    }
    return path;
  }
}

import type { Run } from '@skein/contracts/scheduler';
import type { Api } from '../api/api.ts';
import { pagesOf } from '../api/pages.ts';

/** A run with its child runs, oldest first. */
export interface RunTree {
  readonly run: Run;
  readonly children: RunTree[];
  /** Whether it has child runs that are not among them. */
  hasMore: boolean;
}

/** How much of a tree is read. */
export interface TreeBounds {
  /** Levels below the root. */
  readonly depth: number;
  /** Child runs in all, nearest to the root first. */
  readonly limit: number;
}

/** Reads a tree of runs level by level, within its bounds: one list for each run that is shown. */
export async function readRunTree(api: Api, root: Run, { depth, limit }: TreeBounds): Promise<RunTree> {
  const tree: RunTree = { run: root, children: [], hasMore: false };
  let level = [tree];
  let left = limit;
  for (let at = 0; at < depth && level.length > 0; at += 1) {
    for (const node of level) {
      const children = await childrenOf(api, node.run.runId, left);
      node.hasMore = children.length > left;
      for (const run of children.slice(0, left).toReversed()) node.children.push({ run, children: [], hasMore: false });
      left -= node.children.length;
    }
    level = level.flatMap(({ children }) => children);
  }
  return tree;
}

/** Newest first, one more than are wanted where there are more. */
function childrenOf({ runs, namespace }: Api, parentRunId: string, limit: number): Promise<Run[]> {
  return pagesOf(limit + 1, async (page) => {
    const answer = await runs.listRuns({ namespace, parentRunId, ...page });
    return { items: answer.runs, nextPageToken: answer.nextPageToken };
  });
}

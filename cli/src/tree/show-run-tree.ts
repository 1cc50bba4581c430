import type { JsonObject } from '@bufbuild/protobuf';
import { RunSchema, type Run } from '@skein/contracts/scheduler';
import { paintState, type Palette } from '../output/palette.ts';
import { plainJson } from '../output/plain-json.ts';
import { clip } from '../output/value-text.ts';
import { failureText } from '../watch/node-progress.ts';
import { runStateWord } from '../watch/run-view.ts';
import { runSpanText } from '../watch/show-run.ts';
import type { RunTree } from './read-run-tree.ts';

const DETAIL_CHARS = 60;

/** A tree of runs, a line for each. */
export function treeLines(tree: RunTree, paint: Palette, nowMs: number): string[] {
  return [lineOf(tree.run, paint, nowMs), ...branches(tree, '', paint, nowMs)];
}

/** The same for scripts: each run with its `children`, and `has_more` where some are left out. */
export function treeJson({ run, children, hasMore }: RunTree): JsonObject {
  const below = children.map(treeJson);
  return { run: plainJson(RunSchema, run) as JsonObject, children: below, has_more: hasMore };
}

function branches({ run, children, hasMore }: RunTree, indent: string, paint: Palette, nowMs: number): string[] {
  const lines = children.flatMap((child, index) => {
    const isLast = index === children.length - 1 && !hasMore;
    const head = `${indent}${isLast ? '└─' : '├─'} ${child.run.parent?.nodeId ?? ''}  `;
    const below = branches(child, `${indent}${isLast ? '   ' : '│  '}`, paint, nowMs);
    return [`${head}${lineOf(child.run, paint, nowMs)}`, ...below];
  });
  return hasMore ? [...lines, `${indent}└─ more: \`skein runs list --parent ${run.runId}\``] : lines;
}

function lineOf(run: Run, paint: Palette, nowMs: number): string {
  const workflow = run.workflowVersion === 0 ? run.workflowId : `${run.workflowId}:${run.workflowVersion}`;
  const detail = clip(failureText(run.failure) || run.waitingFor, DETAIL_CHARS);
  const state = paintState(runStateWord(run.state), paint);
  return `${run.runId}  ${workflow}  ${state}  ${runSpanText(run, nowMs)}  ${detail}`.trimEnd();
}

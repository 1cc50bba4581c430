import { ExpressionError, type ExpressionErrorCode } from '../errors.ts';
import type { Site } from '../fault.ts';
import type { Step } from '../frame.ts';
import type { NodeNames } from '../node-names.ts';
import type { ScopeName } from '../scope.ts';
import type { SyntaxNode } from '../syntax.ts';
import type { CelValue, Kind } from '../value.ts';

/** A compiled part of an expression. */
export interface Compiled {
  readonly step: Step;
  /** The kind of its value as far as the source tells. */
  readonly kind: Kind;
  /** Operations in it: what one evaluation costs within a comprehension. */
  readonly weight: number;
  /** Its value is JSON as it came with the scope, and needs no conversion. */
  readonly json: boolean;
  /** Its value, where the source spells it out. */
  readonly literal?: CelValue;
}

/** What compiling needs to know, and collects. */
export interface Compilation {
  readonly source: string;
  /** Node ids of the workflow; undefined where they are not known and every one is accepted. */
  readonly nodeNames: NodeNames | undefined;
  /** Slots of the variables that comprehensions around have bound. */
  readonly locals: ReadonlyMap<string, number>;
  readonly depth: number;
  readonly readNodes: Set<string>;
  readonly readNames: Set<ScopeName>;
  /** Compiles a part. Given here so that the modules of the compiler need not import each other in a circle. */
  readonly compile: (node: SyntaxNode, context: Compilation) => Compiled;
}

/** The place of a part in the source. */
export function siteOf(node: SyntaxNode, context: Compilation): Site {
  return { offset: node.start, text: context.source.slice(node.start, node.end) };
}

/** A part refused before anything is evaluated. */
export function refuse(
  context: Compilation,
  node: SyntaxNode,
  code: ExpressionErrorCode,
  reason: string,
  mend?: string,
): ExpressionError {
  const site = siteOf(node, context);
  return new ExpressionError({
    code,
    reason,
    source: context.source,
    offset: site.offset,
    subject: site.text,
    mend: mend === '' ? undefined : mend,
  });
}

/** The context inside a comprehension or bind that adds one variable. */
export function withLocal(context: Compilation, name: string): { readonly inner: Compilation; readonly slot: number } {
  const slot = context.locals.size === 0 ? 0 : Math.max(...context.locals.values()) + 1;
  return { inner: { ...context, locals: new Map(context.locals).set(name, slot) }, slot };
}

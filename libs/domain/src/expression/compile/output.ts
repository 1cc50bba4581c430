import { Fault, missingFault, valueFault } from '../fault.ts';
import type { Frame, Step } from '../frame.ts';
import { type JsonValue, setOwn } from '../json.ts';
import { aliasOf } from '../node-names.ts';
import { didYouMean } from '../suggestion.ts';
import type { SyntaxNode } from '../syntax.ts';
import { type Compilation, type Compiled, refuse, siteOf } from './context.ts';

/** Whether a part is the name `output` itself, not a variable of that name. */
export function isOutput(node: SyntaxNode, context: Compilation): boolean {
  return node.op === 'id' && node.args === 'output' && !context.locals.has('output');
}

/** `output.name`. */
export function namedOutput(node: SyntaxNode, name: string, context: Compilation): Compiled {
  const ids = context.nodeNames?.named(name) ?? [name];
  const [id] = ids;
  if (id === undefined) throw unknownNode(node, name, context);
  if (ids.length > 1) {
    const written = ids.map((each) => `output['${each}']`).join(' or ');
    throw refuse(
      context,
      node,
      'AMBIGUOUS_ALIAS',
      `\`output.${name}\` fits the nodes ${ids.join(', ')}`,
      `write ${written}`,
    );
  }
  return readOutput(node, id, context);
}

/** `output[key]`: known while compiling where the key is a text in quotes. */
export function keyedOutput(node: SyntaxNode, key: Compiled, context: Compilation): Compiled {
  if (typeof key.literal === 'string') {
    const id = context.nodeNames === undefined ? key.literal : context.nodeNames.keyed(key.literal);
    if (id === undefined) throw unknownNode(node, key.literal, context);
    return readOutput(node, id, context);
  }
  readsEveryNode(context);
  const missing = missingFault(siteOf(node, context));
  const names = context.nodeNames;
  const step: Step = (frame) => {
    const name = key.step(frame);
    if (name instanceof Fault) return name;
    if (typeof name !== 'string') return missing;
    const id = names === undefined ? name : names.keyed(name);
    return id === undefined ? missing : outputOf(frame, id, missing);
  };
  return { step, kind: 'dyn', weight: key.weight + 1, json: true };
}

/** `output` by itself: a map of all the outputs there are, by node id. */
export function wholeOutput(node: SyntaxNode, context: Compilation): Compiled {
  readsEveryNode(context);
  const ids = context.nodeNames?.ids;
  const unknown = valueFault(siteOf(node, context), '`output` as a whole needs the nodes of a workflow');
  const step: Step = (frame) => {
    if (ids === undefined) return unknown;
    const all: Record<string, JsonValue> = {};
    for (const id of ids) {
      const output = frame.scope.outputs(id);
      if (output !== undefined) setOwn(all, id, output);
    }
    return all;
  };
  return { step, kind: 'map', weight: 1 + (ids?.size ?? 0), json: true };
}

function readOutput(node: SyntaxNode, id: string, context: Compilation): Compiled {
  context.readNames.add('output');
  context.readNodes.add(id);
  const missing = missingFault(siteOf(node, context));
  return { step: (frame) => outputOf(frame, id, missing), kind: 'dyn', weight: 1, json: true };
}

/** The output where there is one; null is one. */
function outputOf(frame: Frame, id: string, missing: Fault): JsonValue | Fault {
  const output = frame.scope.outputs(id);
  return output === undefined ? missing : output;
}

function readsEveryNode(context: Compilation): void {
  context.readNames.add('output');
  for (const id of context.nodeNames?.ids ?? []) context.readNodes.add(id);
}

function unknownNode(node: SyntaxNode, name: string, context: Compilation): Error {
  const ids = context.nodeNames?.ids ?? [];
  // `output.billing-agent` reads as a subtraction: the commonest slip with hyphenated ids.
  const cut = [...ids].find((id) => id !== name && id.startsWith(`${name}-`));
  const mend = cut === undefined ? didYouMean(name, ids) : `write output['${cut}'] or output.${aliasOf(cut)}`;
  return refuse(context, node, 'UNKNOWN_NODE', `\`${name}\` is no node of this workflow`, mend);
}

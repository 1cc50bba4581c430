import { Fault, type Site, valueFault } from '../fault.ts';
import { charge, type Step } from '../frame.ts';
import { compilePattern, type Pattern } from '../regex.ts';
import type { SyntaxNode } from '../syntax.ts';
import { kindOf } from '../value.ts';
import { type Compilation, type Compiled, refuse, siteOf } from './context.ts';

/** Characters of pattern times text handled for one unit of work. */
const WORK_PER_UNIT = 256;

/** `text.matches(pattern)`: whether an RE2 pattern matches anywhere in the text. A pattern in quotes is compiled once. */
export function compileMatches(
  node: SyntaxNode,
  receiverNode: SyntaxNode,
  patternNode: SyntaxNode,
  context: Compilation,
): Compiled {
  const receiver = context.compile(receiverNode, context);
  const pattern = context.compile(patternNode, context);
  for (const part of [receiver, pattern]) {
    if (part.kind !== 'dyn' && part.kind !== 'string') {
      throw refuse(context, node, 'TYPE', `no such function: ${receiver.kind}.matches(${pattern.kind})`);
    }
  }
  const site = siteOf(node, context);
  return {
    step: matchStep(receiver.step, patternReader(pattern, patternNode, context), site),
    kind: 'bool',
    weight: receiver.weight + pattern.weight + 1,
    json: false,
  };
}

type ReadPattern = (frame: Parameters<Step>[0]) => { readonly pattern: Pattern; readonly chars: number } | Fault;

function patternReader(pattern: Compiled, node: SyntaxNode, context: Compilation): ReadPattern {
  const site = siteOf(node, context);
  if (typeof pattern.literal === 'string') {
    const compiled = compilePattern(pattern.literal);
    if ('reason' in compiled) throw refuse(context, node, 'TYPE', compiled.reason);
    const ready = { pattern: compiled.pattern, chars: pattern.literal.length };
    return () => ready;
  }
  return (frame) => {
    const source = pattern.step(frame);
    if (source instanceof Fault) return source;
    if (typeof source !== 'string') return valueFault(site, `a pattern is a text, not a ${kindOf(source)}`);
    const compiled = compilePattern(source);
    return 'reason' in compiled
      ? valueFault(site, compiled.reason)
      : { pattern: compiled.pattern, chars: source.length };
  };
}

function matchStep(receiver: Step, read: ReadPattern, site: Site): Step {
  return (frame) => {
    const text = receiver(frame);
    if (text instanceof Fault) return text;
    if (typeof text !== 'string') return valueFault(site, `no such function: ${kindOf(text)}.matches(string)`);
    const ready = read(frame);
    if (ready instanceof Fault) return ready;
    const units = 1 + ((text.length + ready.chars) * (ready.chars + 8)) / WORK_PER_UNIT;
    return charge(frame, units, site) ?? ready.pattern.test(text);
  };
}

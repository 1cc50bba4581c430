import { Fault, type Site, valueFault } from '../fault.ts';
import { charge, type Step } from '../frame.ts';
import { compilePattern, type Pattern } from '../regex.ts';
import type { SyntaxNode } from '../syntax.ts';
import { kindOf } from '../value.ts';
import { type Compilation, type Compiled, refuse, siteOf } from './context.ts';

/** Instructions of pattern times characters of text handled for one unit of work. */
const WORK_PER_UNIT = 128;

/** Units of work for compiling a pattern, for each of its characters and of its instructions. */
const COMPILE_UNITS = 8;

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

type ReadPattern = (frame: Parameters<Step>[0]) => Pattern | Fault;

function patternReader(pattern: Compiled, node: SyntaxNode, context: Compilation): ReadPattern {
  const site = siteOf(node, context);
  if (typeof pattern.literal === 'string') {
    const compiled = compilePattern(pattern.literal);
    if ('reason' in compiled) throw refuse(context, node, 'TYPE', compiled.reason);
    return () => compiled.pattern;
  }
  return (frame) => {
    const source = pattern.step(frame);
    if (source instanceof Fault) return source;
    if (typeof source !== 'string') return valueFault(site, `a pattern is a text, not a ${kindOf(source)}`);
    const spent = charge(frame, source.length * COMPILE_UNITS, site);
    if (spent !== undefined) return spent;
    const compiled = compilePattern(source);
    if ('reason' in compiled) return valueFault(site, compiled.reason);
    return charge(frame, compiled.pattern.size * COMPILE_UNITS, site) ?? compiled.pattern;
  };
}

function matchStep(receiver: Step, read: ReadPattern, site: Site): Step {
  return (frame) => {
    const text = receiver(frame);
    if (text instanceof Fault) return text;
    if (typeof text !== 'string') return valueFault(site, `no such function: ${kindOf(text)}.matches(string)`);
    const pattern = read(frame);
    if (pattern instanceof Fault) return pattern;
    const units = 1 + (text.length * pattern.size) / WORK_PER_UNIT;
    return charge(frame, units, site) ?? pattern.test(text);
  };
}

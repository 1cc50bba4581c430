import { Fault, type Site, valueFault } from '../fault.ts';
import type { Step } from '../frame.ts';
import type { FunctionSpec } from '../functions/spec.ts';
import { fits, functionNames, overloads } from '../functions/table.ts';
import { didYouMean } from '../suggestion.ts';
import type { SyntaxNode } from '../syntax.ts';
import { type CelValue, type Kind, kindOf } from '../value.ts';
import { type Compilation, type Compiled, refuse, siteOf } from './context.ts';

/** A call of a function, or of a method (its receiver being the first argument). */
export function compileCall(
  node: SyntaxNode,
  name: string,
  method: boolean,
  argumentNodes: readonly SyntaxNode[],
  context: Compilation,
): Compiled {
  const known = overloads(name, method);
  if (known.length === 0) {
    const written = method ? `.${name}()` : `${name}()`;
    throw refuse(context, node, 'TYPE', `unknown function ${written}`, didYouMean(name, functionNames(method)));
  }
  const args = argumentNodes.map((argument) => context.compile(argument, context));
  const kinds = args.map((argument) => argument.kind);
  const fitting = known.filter((spec) => fits(spec, kinds) || fits(spec, kinds.map(integral)));
  if (fitting.length === 0) throw refuse(context, node, 'TYPE', noOverload(name, method, kinds), signatures(known));
  return {
    step: callStep(fitting, name, method, args, siteOf(node, context)),
    kind: fitting.every((spec) => spec.result === fitting[0]?.result) ? (fitting[0]?.result ?? 'dyn') : 'dyn',
    weight: args.reduce((sum, argument) => sum + argument.weight, 1),
    json: false,
  };
}

/** Doubles may stand for ints: JSON has no other number, and one without a fraction is a position or count. */
function integral(kind: Kind): Kind {
  return kind === 'double' ? 'int' : kind;
}

function callStep(
  fitting: readonly FunctionSpec[],
  name: string,
  method: boolean,
  args: readonly Compiled[],
  site: Site,
): Step {
  return (frame) => {
    const values: CelValue[] = [];
    for (const argument of args) {
      const value = argument.step(frame);
      if (value instanceof Fault) return value;
      values.push(value);
    }
    const spec = chosen(fitting, values);
    return spec === undefined
      ? valueFault(site, noOverload(name, method, values.map(kindOf)))
      : spec.apply(values, frame, site);
  };
}

function chosen(fitting: readonly FunctionSpec[], values: readonly CelValue[]): FunctionSpec | undefined {
  const kinds = values.map(kindOf);
  const exact = fitting.find((spec) => fits(spec, kinds));
  if (exact !== undefined) return exact;
  const whole = values.map((value) => (typeof value === 'number' && Number.isInteger(value) ? 'int' : kindOf(value)));
  return fitting.find((spec) => fits(spec, whole));
}

function noOverload(name: string, method: boolean, kinds: readonly Kind[]): string {
  const [receiver, ...rest] = kinds;
  return method
    ? `no such function: ${receiver}.${name}(${rest.join(', ')})`
    : `no such function: ${name}(${kinds.join(', ')})`;
}

function signatures(known: readonly FunctionSpec[]): string {
  const written = known.map((spec) => {
    const [receiver, ...rest] = spec.params;
    return spec.method ? `${receiver}.${spec.name}(${rest.join(', ')})` : `${spec.name}(${spec.params.join(', ')})`;
  });
  return `there is ${written.join(', ')}`;
}

import { ExpressionError } from '../errors.ts';
import { EXPRESSION_LIMITS } from '../limits.ts';
import type { NodeNames } from '../node-names.ts';
import type { References } from '../references.ts';
import type { ScopeName } from '../scope.ts';
import { parseSyntax, type SyntaxNode } from '../syntax.ts';
import { compileHas, compileIndex, compileName, compileSelect } from './access.ts';
import { compileCall } from './call.ts';
import { compileBind, compileComprehension, isComprehension } from './comprehension.ts';
import type { Compilation, Compiled } from './context.ts';
import { refuse } from './context.ts';
import { compileList, compileLiteral, compileMap } from './literals.ts';
import { compileLogic, compileTernary } from './logic.ts';
import { compileMatches } from './matches.ts';
import {
  compileArithmetic,
  compileEquality,
  compileIn,
  compileNegation,
  compileNot,
  compileOrder,
} from './operators.ts';

/** A compiled expression and what it reads. */
export interface Program extends Compiled {
  readonly references: References;
}

/**
 * Turns CEL source into a tree of closures. The parser is the library's; evaluation is ours, because it must
 * be bounded, must take JSON numbers as they are, and must name the path that was missing.
 */
export function compileSource(source: string, nodeNames: NodeNames | undefined): Program {
  const readNodes = new Set<string>();
  const readNames = new Set<ScopeName>();
  const context: Compilation = {
    source,
    nodeNames,
    locals: new Map(),
    depth: 0,
    readNodes,
    readNames,
    compile: compileNode,
  };
  const compiled = compileNode(parseSyntax(source), context);
  return { ...compiled, references: { nodes: readNodes, names: readNames } };
}

function compileNode(node: SyntaxNode, outer: Compilation): Compiled {
  const context = { ...outer, depth: outer.depth + 1 };
  if (context.depth > EXPRESSION_LIMITS.treeDepth) {
    throw refuse(context, node, 'SYNTAX', `the expression nests deeper than ${EXPRESSION_LIMITS.treeDepth} operations`);
  }
  switch (node.op) {
    case 'value':
      return compileLiteral(node, context);
    case 'id':
      return compileName(node, context);
    case '.':
      return compileSelect(node, context);
    case '[]':
      return compileIndex(node, context);
    case 'call':
      return compileFunction(node, context);
    case 'rcall':
      return compileMethod(node, context);
    case 'list':
      return compileList(node, context);
    case 'map':
      return compileMap(node, context);
    case '?:':
      return compileTernary(node, context);
    case '&&':
    case '||':
      return compileLogic(node, context);
    case '!_':
      return compileNot(node, context);
    case '-_':
      return compileNegation(node, context);
    case '==':
    case '!=':
      return compileEquality(node, context);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileOrder(node, context);
    case 'in':
      return compileIn(node, context);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return compileArithmetic(node, context);
    case '.?':
    case '[?]':
      throw refuse(
        context,
        node,
        'SYNTAX',
        'optional access is not part of this language',
        'test with has(path) first',
      );
    default:
      return unknownSyntax(node, context);
  }
}

function compileFunction(node: Extract<SyntaxNode, { op: 'call' }>, context: Compilation): Compiled {
  const [name, args] = node.args;
  const [only] = args;
  if (name === 'has' && args.length === 1 && only !== undefined) return compileHas(node, only, context);
  return compileCall(node, name, false, args, context);
}

function compileMethod(node: Extract<SyntaxNode, { op: 'rcall' }>, context: Compilation): Compiled {
  const [name, receiver, args] = node.args;
  const [first] = args;
  if (name === 'bind' && receiver.op === 'id' && receiver.args === 'cel') return compileBind(node, args, context);
  if (isComprehension(name, args.length)) return compileComprehension(node, name, receiver, args, context);
  if (name === 'matches' && args.length === 1 && first !== undefined)
    return compileMatches(node, receiver, first, context);
  return compileCall(node, name, true, [receiver, ...args], context);
}

function unknownSyntax(node: never, context: Compilation): never {
  throw new ExpressionError({ code: 'SYNTAX', reason: `unknown syntax ${String(node)}`, source: context.source });
}

import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type YAMLError } from 'yaml';
import type { JsonValue } from '../../expression/json.ts';
import type { DocumentPath, Locate, Place } from '../problem-list.ts';
import type { Problem, ProblemCode } from '../problem.ts';
import { composeDocuments, NestingError } from './documents.ts';
import { checkExtent, SOURCE_LIMITS } from './extent.ts';

/** A source text read: its value and where its parts stand; or what is wrong with it as a text. */
export type SourceReading =
  | { readonly value: JsonValue; readonly locate: Locate }
  | { readonly problems: readonly Problem[] };

/**
 * Reads YAML 1.2 or JSON (which YAML contains). Refused: more than 1 MiB, keys twice, several documents, unknown
 * tags, aliases that blow up, nesting beyond 100 levels. Never runs code.
 */
export function readSource(text: string): SourceReading {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > SOURCE_LIMITS.sizeBytes) {
    return refused('SOURCE_TOO_LARGE', `the source has ${sizeBytes} bytes, of at most ${SOURCE_LIMITS.sizeBytes}`);
  }
  const lines = new LineCounter();
  try {
    const [document, second] = composeDocuments(text, lines);
    if (document === undefined) return { value: null, locate: () => undefined };
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0) return { problems: faults.slice(0, MAX_FAULTS).map((fault) => faultProblem(fault, lines)) };
    if (second !== undefined)
      return refused('MALFORMED_SOURCE', 'the source has several documents', 'keep one: remove `---`');
    return readDocument(document, lines);
  } catch (cause) {
    return unreadable(cause);
  }
}

/** Faults of the text reported: what follows the first ones is mostly their consequence. */
const MAX_FAULTS = 3;

function readDocument(document: Document.Parsed, lines: LineCounter): SourceReading {
  const value: JsonValue = document.toJS({ maxAliasCount: SOURCE_LIMITS.aliases }) ?? null;
  const problem = checkExtent(value);
  if (problem !== undefined) return { problems: [problem] };
  return { value, locate: (path) => locate(document, lines, path) };
}

function unreadable(cause: unknown): SourceReading {
  if (cause instanceof NestingError || cause instanceof RangeError) return tooDeep();
  if (!(cause instanceof ReferenceError)) throw cause;
  return cause.message.startsWith('Excessive')
    ? refused('TOO_MANY_ALIASES', 'the aliases of the source repeat too much of it', 'write the repeated parts out')
    : refused('MALFORMED_SOURCE', `not YAML or JSON: ${cause.message}`);
}

function tooDeep(): SourceReading {
  return refused('MALFORMED_SOURCE', `the source nests deeper than ${SOURCE_LIMITS.depth} levels`);
}

function refused(code: ProblemCode, message: string, mend?: string): SourceReading {
  return { problems: [{ path: '', severity: 'error', code, message, ...(mend === undefined ? {} : { mend }) }] };
}

function faultProblem(fault: YAMLError, lines: LineCounter): Problem {
  return {
    path: '',
    ...placeAt(lines, fault.pos[0]),
    severity: 'error',
    code: fault.code === 'DUPLICATE_KEY' ? 'DUPLICATE_KEY' : 'MALFORMED_SOURCE',
    message: fault.code === 'DUPLICATE_KEY' ? 'a key is there twice in one map' : `not YAML or JSON: ${fault.message}`,
    ...(fault.code === 'DUPLICATE_KEY' ? { mend: 'remove one of the two' } : {}),
  };
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** The place of a part, of its key where it has one, else of the nearest part around it. */
function locate(document: Document.Parsed, lines: LineCounter, path: DocumentPath): Place | undefined {
  let node: Node | null | undefined = document.contents;
  let offset = node?.range?.[0];
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    const step = child(node, part);
    if (step === undefined) break;
    offset = step.offset ?? offset;
    node = step.node;
  }
  return offset === undefined ? undefined : placeAt(lines, offset);
}

interface Child {
  readonly node: Node | null | undefined;
  readonly offset: number | undefined;
}

function child(node: Node | null | undefined, part: string | number): Child | undefined {
  if (isSeq<Node>(node) && typeof part === 'number') {
    const item = node.items[part];
    return item === undefined ? undefined : { node: item, offset: item.range?.[0] };
  }
  if (!isMap<Node, Node | null>(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  return pair === undefined ? undefined : { node: pair.value, offset: pair.key.range?.[0] };
}

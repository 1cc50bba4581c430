import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../expression/json.ts';
import { checkFields } from './check-fields.ts';
import { analyzeWorkflow } from './compile-plan.ts';
import { checkSize } from './check-graph.ts';
import type { WorkflowDefinition } from './definition.ts';
import { importDependsOn } from './dialect/depends-on.ts';
import { detectDialect, type Dialect, type ImportedDocument } from './dialect/dialect.ts';
import { importKairos } from './dialect/kairos.ts';
import { importKairosPlanner } from './dialect/kairos-planner.ts';
import { importNative } from './dialect/native.ts';
import type { Plan } from './plan.ts';
import type { Problem } from './problem.ts';
import { type DocumentPath, type Locate, ProblemList } from './problem-list.ts';
import { salvage } from './salvage.ts';
import { checkExtent } from './source/extent.ts';
import { readSource } from './source/source.ts';

/** A definition read from a source, checked and compiled. */
export interface ParsedWorkflow {
  /** The form it was written in; undefined where the source could not be read at all. */
  readonly dialect: Dialect | undefined;
  /** In the native form. Undefined where there are errors. */
  readonly definition: WorkflowDefinition | undefined;
  /** Undefined where there are errors. */
  readonly plan: Plan | undefined;
  /** Everything found, errors first, at most 100. */
  readonly problems: readonly Problem[];
}

/** How to read a source. */
export interface ParseOptions {
  /** The dialect, where it is not to be told by the shape of the document. */
  readonly dialect?: Dialect | undefined;
}

const IMPORTERS: Readonly<Record<Dialect, (document: JsonObject) => ImportedDocument>> = {
  native: importNative,
  kairos: importKairos,
  'kairos-planner': importKairosPlanner,
  'depends-on': importDependsOn,
};

/**
 * Reads a workflow definition from YAML or JSON text, or from a JSON value, in any of the dialects, and checks
 * all of it at once. Never raises for what the source says: everything wrong with it is a problem with its place.
 */
export function parseWorkflow(source: string | JsonObject, options: ParseOptions = {}): ParsedWorkflow {
  const reading = typeof source === 'string' ? readSource(source) : readValue(source);
  if ('problems' in reading) return failed(undefined, reading.problems);
  if (!isJsonObject(reading.value)) return failed(undefined, [notAnObject(reading.value)]);
  const dialect = options.dialect ?? detectDialect(reading.value);
  return check(dialect, IMPORTERS[dialect](reading.value), reading.locate);
}

function readValue(value: JsonObject): ReturnType<typeof readSource> {
  const problem = checkExtent(value);
  return problem === undefined ? { value, locate: () => undefined } : { problems: [problem] };
}

function check(dialect: Dialect, imported: ImportedDocument, locateSource: Locate): ParsedWorkflow {
  const locate = locateImported(imported, locateSource);
  const nodes = imported.json['nodes'];
  const ids = isJsonArray(nodes) ? nodes.map((node) => (isJsonObject(node) ? node['id'] : undefined)) : [];
  const problems = new ProblemList(ids, locate);
  for (const finding of imported.findings) problems.add(finding);
  if (!checkSize(imported.json, problems)) return failed(dialect, problems.all());
  const unusable = checkFields(imported.json, problems);
  const { definition, original } = salvage(imported.json, unusable);
  const analysis = analyzeWorkflow(definition, problems.seenFrom(original));
  if (analysis.plan === undefined) return failed(dialect, analysis.problems);
  return { dialect, definition, plan: analysis.plan, problems: analysis.problems };
}

/** Places of the native form in the source: its nodes and edges may stand elsewhere there, settings under `config`. */
function locateImported(imported: ImportedDocument, locate: Locate): Locate {
  return (path) => {
    const [section, position, ...rest] = path;
    const base = typeof position === 'number' ? pathsIn(imported, section)?.[position] : undefined;
    if (base === undefined) return locate(path);
    const direct = locate([...base, ...rest]);
    const underConfig = rest.length === 0 ? direct : locate([...base, 'config', ...rest]);
    const config = locate([...base, 'config']);
    const whole = locate(base);
    const found = (place: typeof direct): boolean => !samePlace(place, whole) && !samePlace(place, config);
    return !found(direct) && found(underConfig) ? underConfig : direct;
  };
}

function samePlace(a: ReturnType<Locate>, b: ReturnType<Locate>): boolean {
  return a?.line === b?.line && a?.column === b?.column;
}

function pathsIn(
  imported: ImportedDocument,
  section: string | number | undefined,
): readonly DocumentPath[] | undefined {
  if (section === 'nodes') return imported.nodePaths;
  return section === 'edges' ? imported.edgePaths : undefined;
}

function notAnObject(value: JsonValue): Problem {
  const message = value === null ? 'the source is empty' : 'the source is no map of fields';
  return {
    path: '',
    severity: 'error',
    code: 'WRONG_TYPE',
    message,
    mend: 'a definition has at least `id` and `nodes`',
  };
}

function failed(dialect: Dialect | undefined, problems: readonly Problem[]): ParsedWorkflow {
  return { dialect, definition: undefined, plan: undefined, problems };
}
